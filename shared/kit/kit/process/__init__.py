"""A service in a process: what it says of itself, how its parts are wired, how it runs, and how well it is."""
