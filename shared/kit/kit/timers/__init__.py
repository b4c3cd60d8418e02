"""Timers ring once, when they are due: the window of the next ones, and the settled edge that verdicts wait for."""
