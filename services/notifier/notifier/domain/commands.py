"""The commands of a thread and of a notification."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from contracts.escalations import CalledRole
from contracts.notifications import Automatic, Template
from contracts.tickets import Channel, Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    """A ticket was opened: tell its requester the number, and the names of what is `missing` (P7, P8)."""

    cause: UUID
    ticket_id: UUID
    subject_id: UUID
    number: str
    channel: Channel
    email: str
    mail: str | None
    missing: tuple[Detail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignThread:
    """`engineer` works on the ticket from now on."""

    engineer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Notify the requester or a role because of the event `cause`; the engineer by name if known.

    `automatic` None: the mail carries a person's words, `text`; only mails to the requester do. `matter`: notifications
    about the same matter are sent once, whatever events cause them.
    """

    cause: UUID
    template: Template
    to: Literal["requester"] | CalledRole
    automatic: Automatic | None = "generated"
    text: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    matter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractBreach:
    """There was no breach: tell everybody who was told of one."""

    cause: UUID
    about: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtake:
    """By the event `cause`, mails of these templates are no longer true.

    `owed`: only those about this metric, "" for the first answer; None: those about any.
    """

    cause: UUID
    templates: frozenset[Template]
    owed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSent:
    """The mail server took it."""

    ticket_id: UUID
    notification_id: UUID
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailed:
    """The server refused the mail for good; or, after `attempts` tries, nobody knows (reason `unknown`)."""

    ticket_id: UUID
    notification_id: UUID
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress:
    """When the mail was to be sent, there was a reason not to."""

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    reason: Literal["rate-limited", "erased", "overtaken"]


ThreadCommand = OpenThread | AssignThread | Notify | RetractBreach | Overtake
NotificationCommand = RecordSent | RecordFailed | Suppress
NotifierCommand = ThreadCommand | NotificationCommand
