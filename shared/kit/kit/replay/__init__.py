"""Read models, views and causes, computed again from the log and the topics."""
