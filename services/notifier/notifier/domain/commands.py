"""What can be asked of a thread and of a notification."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from contracts.escalations import Rung
from contracts.notifications import Automatic, Template
from contracts.tickets import Channel, Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    """A ticket was opened: remember its requester, and tell its number and what is `missing`, by name (P7, P8)."""

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
    """Say something, because of the event `cause`, to the requester or to a role; to the engineer by name if known.

    `automatic` None: a person speaks, in the words of `text`. To staff no person speaks through us. `matter`: several
    events may tell of the same; it is said once.
    """

    cause: UUID
    template: Template
    to: Literal["requester"] | Rung
    automatic: Automatic | None = "generated"
    text: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    matter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractBreach:
    """There was no breach: tell all who had been told of one."""

    cause: UUID
    about: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtake:
    """Since the event `cause`, what was said in these templates is no longer true.

    `owed`: only of what is late by that name, "" for the first answer; None: whatever is late.
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
    """It was refused for good, or after `attempts` tries nobody knows: reason `unknown`."""

    ticket_id: UUID
    notification_id: UUID
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress:
    """When it was to be sent, there was a reason not to."""

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    reason: Literal["rate-limited", "erased", "overtaken"]


ThreadCommand = OpenThread | AssignThread | Notify | RetractBreach | Overtake
NotificationCommand = RecordSent | RecordFailed | Suppress
NotifierCommand = ThreadCommand | NotificationCommand
