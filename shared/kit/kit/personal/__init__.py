"""Keys of persons: one service makes them, the others receive them, and erasing a person deletes the key."""
