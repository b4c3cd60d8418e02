"""Keys of persons: made by one service, known to the others, and gone once a person is erased."""
