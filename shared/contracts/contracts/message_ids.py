"""The Message-IDs of our mails, agreed between the service that sends them and the one that reads the answers.

`<ticket>.<notification>@<domain>`: every attempt to send a notification has the same one, and an answer that refers to
it names the ticket. It proves nothing, since anybody can write one. A letter about feedback has one of its own kind,
`<feedback>.<notification>.feedback@<domain>`: its answer is the feedback's, whatever mailbox it comes to.
"""

import re
from uuid import UUID

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OURS = re.compile(rf"<({_UUID})\.({_UUID})@[^<>@\s]+>", re.IGNORECASE | re.ASCII)
_LETTER = re.compile(rf"<({_UUID})\.({_UUID})\.feedback@[^<>@\s]+>", re.IGNORECASE | re.ASCII)


def message_id(ticket_id: UUID, notification_id: UUID, domain: str) -> str:
    """The Message-ID of a notification about a ticket, in angle brackets."""
    return f"<{ticket_id}.{notification_id}@{domain}>"


def ticket_of(message_id: str) -> UUID | None:
    """The ticket named by a Message-ID; None if it is not one of ours."""
    found = _OURS.fullmatch(message_id)
    return UUID(found[1]) if found else None


def letter_id(feedback_id: UUID, notification_id: UUID, domain: str) -> str:
    """The Message-ID of a letter to a customer about feedback, in angle brackets."""
    return f"<{feedback_id}.{notification_id}.feedback@{domain}>"


def feedback_of(message_id: str) -> UUID | None:
    """The feedback named by the Message-ID of a letter; None if it is not one of ours."""
    found = _LETTER.fullmatch(message_id)
    return UUID(found[1]) if found else None


def mail_named(message_id: str) -> tuple[UUID, UUID] | None:
    """The ticket or feedback, and the notification, that a Message-ID names; None if it is not one of ours."""
    found = _OURS.fullmatch(message_id) or _LETTER.fullmatch(message_id)
    return (UUID(found[1]), UUID(found[2])) if found else None
