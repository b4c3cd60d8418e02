"""The Message-IDs of our mails: agreed between the service that sends them and the one that gets the answers.

`<ticket>.<notification>@<domain>`: every try to send a notification has the same, and who finds it in an answer knows
the ticket without asking. It proves nothing: anybody may write one.
"""

import re
from uuid import UUID

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OURS = re.compile(rf"<({_UUID})\.{_UUID}@[^<>@\s]+>", re.IGNORECASE | re.ASCII)


def message_id(ticket_id: UUID, notification_id: UUID, domain: str) -> str:
    """The Message-ID of a notification about a ticket, in angle brackets."""
    return f"<{ticket_id}.{notification_id}@{domain}>"


def ticket_of(message_id: str) -> UUID | None:
    """The ticket that a Message-ID of ours names; None: it is none of ours."""
    found = _OURS.fullmatch(message_id)
    return UUID(found[1]) if found else None
