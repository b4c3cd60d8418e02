"""The names of notifier's streams and notifications."""

from uuid import UUID, uuid5


def thread_stream(ticket_id: UUID) -> str:
    """The stream in which it is decided what is said about a ticket."""
    return f"thread-{ticket_id}"


def notification_stream(ticket_id: UUID, notification_id: UUID) -> str:
    """The stream of what became of one mail."""
    return f"notification-{ticket_id}-{notification_id}"


def notification_id(cause: UUID, *recipient: str) -> UUID:
    """Of the event that is the cause and of who is told: the same event never makes a second mail to the same one."""
    return uuid5(cause, "/".join(recipient))
