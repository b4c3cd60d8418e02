"""A mail catcher: takes every mail over SMTP, delivers none, shows them all. On loopback, for development."""
