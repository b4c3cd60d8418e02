"""From the log to the broker."""
