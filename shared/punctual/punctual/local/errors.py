"""What can keep the local stack from running."""


class StackUnavailable(Exception):
    """The local stack cannot run here; the message is one sentence that says why and what to do."""
