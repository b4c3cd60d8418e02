"""A service as a process: its description, the wiring of its parts, running it, and its health."""
