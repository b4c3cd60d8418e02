"""Intake's commands, each with everything that the decision depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.roles import Role
from intake.domain.events import (
    Channel,
    DeliveryNoticeReceived,
    Detail,
    Details,
    FeedbackMailReceived,
    IntakeEvent,
    Kind,
    Priority,
    Severity,
    Tier,
    Unread,
    WaitingMailsNoted,
)
from intake.domain.policy import SHIPPED, Policy
from intake.domain.state import VENDORS, Locale

NO_DETAILS = Details()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAccount:
    """A customer is entitled to support from now on (P1). Mail from `domains` will belong to it.

    `taken`: the domains among them that another account has. `policy` says which calendars there are.
    """

    account_id: UUID
    by: Role
    name: str
    tier: Tier
    calendar: str | None = None
    domains: Sequence[str] = ()
    taken: Sequence[str] = ()
    locale: Locale = VENDORS
    policy: Policy = SHIPPED


@dataclass(frozen=True, slots=True)
class Agreed:
    """The calendar agreed with an account (P14). None: that of its tier."""

    calendar: str | None


@dataclass(frozen=True, slots=True)
class Reads:
    """The language or the time zone in which an account reads. None: the vendor's."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAccount:
    """Another tier, another agreed calendar, another language or time zone, or several of these. What is None stays.

    `policy` says which calendars there are.
    """

    account_id: UUID
    by: Role
    tier: Tier | None = None
    agreed: Agreed | None = None
    language: Reads | None = None
    zone: Reads | None = None
    policy: Policy = SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """The support that an account is entitled to, as of `account_version` of its stream (P14).

    `calendar`: the one agreed with the account; None: that of its tier.
    """

    account_version: int
    tier: Tier
    calendar: str | None


@dataclass(frozen=True, slots=True)
class Participant:
    """Who may take part in a ticket beside its requester. `reply_to`: where answers go, if not to `email`. `outside`:
    they are not of the ticket's account."""

    subject_id: UUID
    email: str
    reply_to: str | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequest:
    """Someone asks for help: who asks, and what they say. `enrich` makes an OpenTicket of it.

    An empty `description` is missing information, not an error: a mail can't be sent back (P8). `policy` says what is
    required. `reply_to`: where answers go, if not to `email`. `related`: the ticket that a mail named, where its sender
    takes no part. `machine`: a machine sent the mail; `own`: staff ask on their own behalf. `attachments`: the mail's,
    as JSON. `copied`: colleagues whom the mail names. `unread`: why a part of it can't be read.
    `severity_unread`: it names a severity that can't be read.
    """

    ticket_id: UUID
    by: Role
    number: str
    account_id: UUID
    subject_id: UUID
    channel: Channel
    severity: Severity
    priority: Priority
    details: Details
    title: str
    description: str
    email: str
    claimed_at: datetime | None = None
    mail: str | None = None
    thread: str | None = None
    related: UUID | None = None
    policy: Policy = SHIPPED
    machine: bool = False
    own: bool = False
    attachments: str | None = None
    reply_to: str | None = None
    copied: tuple[Participant, ...] = ()
    unread: Unread | None = None
    severity_unread: bool = False


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket: what was asked for, what the account is entitled to, and how it reads.

    `entitlement` None: there is no such account.
    """

    request: TicketRequest
    entitlement: Entitlement | None
    locale: Locale = VENDORS

    @property
    def by(self) -> Role:
        """In which role the request was made."""
        return self.request.by


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTicket:
    """What every command about an existing ticket has: the ticket, and who asks.

    A customer's command (requester, account-admin) names the account and the subject who act; both are None for staff.
    A mail whose sender takes part in the ticket acts for the ticket's account.
    """

    ticket_id: UUID
    by: Role
    account_id: UUID | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvideInformation(OnTicket):
    """Some or all of what P8 requires."""

    details: Details = NO_DETAILS
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInformation(OnTicket):
    """What the requester said is incomplete: `missing` is asked for, and `reason` tells the requester why."""

    missing: Sequence[Detail]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeedPolicy(OnTicket):
    """Stop waiting for information that only an earlier policy required; `policy` is in force now."""

    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMessage(OnTicket):
    """A message; not `public`: an internal note of staff. `awaits_reply`: it asks the requester something (P24).

    `email`: of the customer who writes. Required information in a requester's message is read from its `body`, unless a
    mail was read already: then `description` is not None, and it and `details` hold what was read. `form`: what was
    filled in of our form where the mail quotes it; it may be from an earlier mail, so it counts only for what is still
    missing. `machine`: a machine sent that mail. `attachments`: the mail's, as JSON. `states`: a mail of staff says
    that it is the initial response, and it is, if that is still owed. `reply_to`: where the customer who writes wants
    answers, if not at `email`. `copied`: colleagues whom the mail names. `by_hand`: staff made a message of the mail.
    """

    message_id: UUID
    channel: Channel
    body: str
    public: bool = True
    states: Literal["resolution", "plan"] | None = None
    awaits_reply: bool = False
    mail: str | None = None
    thread: str | None = None
    details: Details = NO_DETAILS
    description: str | None = None
    form: Details = NO_DETAILS
    machine: bool = False
    email: str | None = None
    attachments: str | None = None
    reply_to: str | None = None
    copied: tuple[Participant, ...] = ()
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParticipant(OnTicket):
    """Somebody takes part in the ticket, whether or not they are of its account."""

    participant: Participant


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveParticipant(OnTicket):
    """The person with this subject takes part no longer."""

    participant: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said on a ticket, as the log has it. `at`: when it was recorded.

    `by_customer`: the requester's side said it; `machine`: a machine's mail did. `email`: of whoever said it, as far as
    the message has it. `thread`: the Message-ID of the mail that it came by. `feedback_id`: the feedback that this mail
    is already, since it went to feedback's mailbox, too.
    """

    subject_id: UUID
    channel: Channel
    text: str
    at: datetime
    by_customer: bool
    machine: bool = False
    email: str | None = None
    thread: str | None = None
    feedback_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkMessage(OnTicket):
    """A message is feedback, and the `reason` names what is new. `kind`: what it is, if staff say so.

    `message_id`: the ticket's id, for its opening words. `said` None: there is no such message on the ticket.
    """

    message_id: UUID
    said: Said | None
    reason: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveInitialResponse(OnTicket):
    """The result of an initial investigation (P13). `states` None: neither a resolution nor a plan.

    `awaits_reply`: it asks the requester something, too (P24). `mail`, `thread`, `attachments`: as on PostMessage.
    """

    message_id: UUID
    states: Literal["resolution", "plan"] | None
    body: str
    awaits_reply: bool = False
    mail: str | None = None
    thread: str | None = None
    attachments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeverity(OnTicket):
    """Assess the severity anew, with a reason (P6)."""

    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePriority(OnTicket):
    """Assess the priority anew, with a reason (P6)."""

    priority: Priority
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(OnTicket):
    """Give the ticket to a support engineer or technical account manager."""

    engineer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntitlement(OnTicket):
    """Let the ticket follow its account, which is entitled to this now."""

    entitlement: Entitlement


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLocale(OnTicket):
    """Let the ticket follow its account, which reads so since `account_version` of its stream."""

    account_version: int
    locale: Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(OnTicket):
    """Staff consider the matter settled; `resolution` says how."""

    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(OnTicket):
    """The end. `withdrawn` is the word of the requester or the account's admin: an answer is no longer needed."""

    cause: Literal["resolved", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(OnTicket):
    """Not the end after all, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """History brought in from elsewhere: the fact as it is, which has happened and can't be refused any more."""

    by: Role
    fact: IntakeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """A mail says what somebody thinks of the support. What becomes of it is feedback's to say."""

    by: Role
    mail: FeedbackMailReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDelivery:
    """A mail server says what became of a mail of ours. What follows is notifier's to say."""

    by: Role
    notice: DeliveryNoticeReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWaitingMails:
    """Mails wait for a person. Who is told, and how, is notifier's to say."""

    by: Role
    noted: WaitingMailsNoted


AccountCommand = RegisterAccount | ChangeAccount
FollowUp = (
    ProvideInformation
    | RequestInformation
    | HeedPolicy
    | PostMessage
    | AddParticipant
    | RemoveParticipant
    | MarkMessage
    | GiveInitialResponse
    | ChangeSeverity
    | ChangePriority
    | Assign
    | ChangeEntitlement
    | ChangeLocale
    | Resolve
    | Close
    | Reopen
)
TicketCommand = OpenTicket | FollowUp
Command = AccountCommand | TicketCommand | PassOn | NoteDelivery | NoteWaitingMails | Import
