"""Rebuilds read models from the log, and compares them with the live ones."""
