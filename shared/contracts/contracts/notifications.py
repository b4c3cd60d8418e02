"""What notifier tells the world, on `punctual.notifications.v1`: what was to be said to whom, and what became of it."""

from typing import Literal
from uuid import UUID

from contracts.base import Personal, event
from contracts.names import NOTIFICATIONS
from contracts.tickets import Channel

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


Automatic = Literal["replied", "generated"]
"""RFC 3834: sent by no person, in answer to a message (`replied`: at most so many an hour) or of our own accord."""


@event("thread.opened")
class ThreadOpened:
    """Where a ticket's requester can be reached. `mail`: the Message-ID of the mail that opened the ticket."""

    ticket_id: UUID
    subject_id: UUID
    number: str
    channel: Channel
    email: Personal
    mail: Personal | None = None


@event("thread.assigned")
class ThreadAssigned:
    """What concerns the ticket's engineer goes to `engineer` from now on."""

    ticket_id: UUID
    engineer: str


@event("thread.overtaken")
class ThreadOvertaken:
    """What these notifications say is no longer true, since the event `cause`: those not sent yet are not sent."""

    ticket_id: UUID
    cause: UUID
    notifications: tuple[UUID, ...]


@event("notification.requested")
class NotificationRequested:
    """Something is to be said to a requester (`subject_id`, `email`) or to a `role` (to `assignee`, where known).

    `cause`: the event behind it. `text`: the words of the person who speaks. `about`: particulars by name, instants
    as RFC 3339. `follows`: the first notification of the same ticket to the same side; `in_reply_to`: the Message-ID
    of the requester's own mail: both for the mail's threading headers.
    """

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    number: str
    automatic: Automatic | None
    role: str | None = None
    assignee: str | None = None
    subject_id: UUID | None = None
    email: Personal | None = None
    text: Personal | None = None
    about: dict[str, str] | None = None
    follows: UUID | None = None
    in_reply_to: Personal | None = None


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
    """It is not said: too many automatic replies, a requester without address, or no longer true (`overtaken`)."""

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    reason: Literal["rate-limited", "erased", "overtaken"]


ThreadEvent = ThreadOpened | ThreadAssigned | ThreadOvertaken
NotificationEvent = ThreadEvent | NotificationRequested | NotificationSent | NotificationFailed | NotificationSuppressed
