"""A database that went back in time takes up again what the broker has of its log."""
