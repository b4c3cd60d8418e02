"""The demo: one real day of an IT company's incidents, played through the public doors on an accelerated clock."""
