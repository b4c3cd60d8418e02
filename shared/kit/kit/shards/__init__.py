"""Which shards this replica owns, and whether it reaches the broker."""
