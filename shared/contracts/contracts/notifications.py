"""What notifier tells the world, on `punctual.notifications.v1`: what was to be said to whom, and what became of it."""

from typing import Literal
from uuid import UUID

from contracts.base import Personal, event
from contracts.names import NOTIFICATIONS

TOPIC = NOTIFICATIONS

Template = Literal[
    "ticket-received",
    "information-wanted",
    "answer",
    "message",
    "resolved",
    "survey",
    "sla-warning",
    "sla-breached",
    "breach-retracted",
    "objective-missed",
    "escalation",
]


@event("notification.requested")
class NotificationRequested:
    """Something is to be said to a requester (`subject_id`, `email`) or to a `role`. `cause`: the event behind it."""

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    number: str
    role: str | None = None
    subject_id: UUID | None = None
    email: Personal | None = None
    text: Personal | None = None
    about: dict[str, str] | None = None


@event("notification.sent")
class NotificationSent:
    """The mail server took it, under this Message-ID."""

    ticket_id: UUID
    notification_id: UUID
    message_id: str


@event("notification.failed")
class NotificationFailed:
    """The mail server refused it for good, or the outcome of the last try is unknown."""

    ticket_id: UUID
    notification_id: UUID
    reason: str
    attempts: int


@event("notification.suppressed")
class NotificationSuppressed:
    """It was not to be said: why."""

    ticket_id: UUID
    notification_id: UUID
    reason: Literal["automatic-sender", "rate-limited", "erased", "imported"]


NotificationEvent = NotificationRequested | NotificationSent | NotificationFailed | NotificationSuppressed
