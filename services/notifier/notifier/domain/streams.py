"""The names of notifier's streams and notifications."""

from uuid import UUID, uuid5


def thread_stream(ticket_id: UUID) -> str:
    """The stream that decides on a ticket's notifications."""
    return f"thread-{ticket_id}"


def notification_stream(ticket_id: UUID, notification_id: UUID) -> str:
    """The stream of one mail's outcome."""
    return f"notification-{ticket_id}-{notification_id}"


def recipient_stream(subject_id: UUID) -> str:
    """The stream that says whether a person's address is written to."""
    return f"recipient-{subject_id}"


def notification_id(cause: UUID, *recipient: str) -> UUID:
    """Derived from the causing event and the recipient: one event never makes two mails to the same recipient."""
    return uuid5(cause, "/".join(recipient))
