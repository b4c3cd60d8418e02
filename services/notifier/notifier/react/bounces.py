"""What follows when a mail came back, and when a mail comes from an address that nothing was sent to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.notifications import AnyTemplate
from contracts.tickets import FeedbackMailReceived, MessagePosted, TicketOpened
from notifier.domain.commands import ClearAddress, MarkAddress, NotifierCommand, RecordBounced
from notifier.domain.policy import Policy
from notifier.domain.streams import notification_stream, recipient_stream, thread_stream
from notifier.react.untold import came_back

CAME_BACK = "came back"
"""The reason where the notice has no code."""
CLEARS: frozenset[type[Any]] = frozenset({TicketOpened, MessagePosted, FeedbackMailReceived})

Asked = list[tuple[str, NotifierCommand]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """The mail that a notice is about, as it was requested."""

    policy: Policy
    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    role: str | None
    subject_id: UUID | None
    requested_at: datetime


def bounced(fact: Fact, known: Any) -> Asked:
    """It is recorded of the mail, a person is told, and nothing more is sent to the address if it failed for good.

    `known`: the Mailed; anything else: no mail of ours that anybody waits for. A mail that is only late is on record.
    """
    notice = fact.event
    if not isinstance(known, Mailed) or not notice.failed:
        return []
    reason = notice.status or CAME_BACK
    record = RecordBounced(
        ticket_id=known.ticket_id,
        notification_id=known.notification_id,
        template=known.template,
        reason=reason,
        mail=notice.mail,
    )
    told = came_back(known.template, known.role, known.notification_id, reason, known.requested_at, known.policy)
    asked: Asked = [(thread_stream(known.ticket_id), command) for command in told]
    asked.append((notification_stream(known.ticket_id, known.notification_id), record))
    if known.role is None and known.subject_id and known.policy.marks(notice.status):
        mark = MarkAddress(
            subject_id=known.subject_id,
            ticket_id=known.ticket_id,
            notification_id=known.notification_id,
            reason=reason,
        )
        asked.append((recipient_stream(known.subject_id), mark))
    return asked


def cleared(event: Any) -> Asked:
    """A person's mail from an address shows that it is read."""
    if type(event) not in CLEARS or event.mail is None or event.machine or _is_ours(event):
        return []
    return [(recipient_stream(event.subject_id), ClearAddress(subject_id=event.subject_id, by="service"))]


def _is_ours(event: Any) -> bool:
    return isinstance(event, MessagePosted) and event.author != "requester"
