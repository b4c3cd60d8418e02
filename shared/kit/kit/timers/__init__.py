"""What was asked for "later" rings once: timers, a window of the next ones, and the settled edge."""
