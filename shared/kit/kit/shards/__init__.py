"""Which shards are this replica's, and whether it reaches the broker that they come from."""
