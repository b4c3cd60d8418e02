"""Rebuilding read models from the log, and holding them against the live ones."""
