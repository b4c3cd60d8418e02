"""From a command to its events in the log: one transaction for many commands, and each stands alone."""
