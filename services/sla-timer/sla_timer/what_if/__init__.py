"""What would have been: the same histories, decided by the same core under other rules. Nothing is recorded."""
