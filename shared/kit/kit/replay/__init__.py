"""From the log alone: read models, views and causes, found again."""
