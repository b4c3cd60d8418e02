"""The words for hours: as people write them, and as they are told."""
