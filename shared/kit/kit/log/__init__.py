"""From a command to its events in the log: many commands share a transaction, and each has a result of its own."""
