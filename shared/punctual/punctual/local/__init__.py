"""The embedded stack: PostgreSQL, Kafka and a mail catcher as child processes, on loopback, without Docker."""

from punctual.local.errors import StackUnavailable
from punctual.local.places import Home
from punctual.local.stack import Stack, start_stack

__all__ = ["Home", "Stack", "StackUnavailable", "start_stack"]
