"""The commands of a thread and of a notification."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from contracts import feedback, tickets
from contracts.escalations import CalledRole
from contracts.feedback import Terms
from contracts.notifications import AnyTemplate, Automatic, SuppressedFor
from contracts.roles import Role
from notifier.domain.next_instant import NamedDeadline


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignThread:
    """`engineer` works on the ticket from now on."""

    engineer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeThreadLocale:
    """The requester reads in this language and time zone from now on."""

    language: str | None
    zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMail:
    """Let what is sent to this person from now on answer their mail with this Message-ID, which has just come."""

    subject_id: UUID
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinThread:
    """The person with this subject takes part, too, and is written to at `email`."""

    subject_id: UUID
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveThread:
    """They take part no longer."""

    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Notify the requester or a role because of the event `cause`; the engineer by name if known.

    `or_reviewer`: if it is about a complaint, notify its reviewer instead of that role. `or_else`: notify this role
    instead of the engineer if nobody works on the ticket. `automatic` None: the mail carries a person's words, `text`
    and more; only mails to the requester do. To staff, `text` is what the customer said, who is `subject_id`.
    `deadline`: the letter names it, by the thread's terms. `matter`: notifications about the same matter are sent once,
    whatever events cause them. `withheld`: why it isn't sent at all. `to_all`: notify all who take part, too, each by a
    mail of their own.
    """

    cause: UUID
    template: AnyTemplate
    to: Literal["requester"] | CalledRole
    or_reviewer: bool = False
    or_else: CalledRole | None = None
    automatic: Automatic | None = "generated"
    text: str | None = None
    second_text: str | None = None
    third_text: str | None = None
    subject_id: UUID | None = None
    about: dict[str, str] = field(default_factory=dict)
    deadline: NamedDeadline | None = None
    matter: str | None = None
    withheld: SuppressedFor | None = None
    to_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfMails:
    """Mails wait in the mailroom: tell the role `to`. They have no ticket, so the notice `notice_id` stands for one."""

    notice_id: UUID
    cause: UUID
    to: CalledRole
    about: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    """A ticket was opened, or feedback was given: send the customer the `receipt` with the number.

    The other fields are those of ThreadOpened; feedback has no title.
    """

    ticket_id: UUID
    subject_id: UUID
    number: str
    channel: tickets.Channel | feedback.Channel
    email: str
    mail: str | None
    receipt: Notify
    language: str | None = None
    zone: str | None = None
    title: str | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractBreach:
    """There was no breach: tell everybody who was told of one."""

    cause: UUID
    about: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtake:
    """By the event `cause`, mails of these templates are no longer true.

    `owed`: only those about this metric, escalation or survey, "" for the first answer; None: those about any.
    """

    cause: UUID
    templates: frozenset[AnyTemplate]
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
    template: AnyTemplate
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress:
    """When the mail was to be sent, there was a reason not to."""

    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    cause: UUID
    reason: SuppressedFor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounced:
    """A mail server says that the mail, which one had taken, came back. `mail`: the raw mail with the notice."""

    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    reason: str
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAddress:
    """Send nothing more to this person's address: the notification came back for good."""

    subject_id: UUID
    ticket_id: UUID
    notification_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAddress:
    """Write to this person's address again: somebody in the role `by` says so; None: a mail came from it."""

    subject_id: UUID
    by: Role | None


ThreadCommand = (
    OpenThread
    | AssignThread
    | ChangeThreadLocale
    | AnswerMail
    | JoinThread
    | LeaveThread
    | Notify
    | RetractBreach
    | Overtake
)
NotificationCommand = RecordSent | RecordFailed | Suppress
AddressCommand = MarkAddress | ClearAddress
NotifierCommand = ThreadCommand | TellOfMails | NotificationCommand | RecordBounced | AddressCommand
