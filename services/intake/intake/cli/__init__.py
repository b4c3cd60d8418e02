"""Intake's command of `punctual`: mail, found by entry point."""
