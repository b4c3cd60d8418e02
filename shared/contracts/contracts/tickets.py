"""What intake tells the world, on `punctual.tickets.v1`: tickets and the accounts they belong to."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from contracts.base import Instant, Personal, event
from contracts.names import TICKETS

TOPIC = TICKETS

Severity = Literal[1, 2, 3, 4]
Priority = Literal["urgent", "high", "normal", "low"]
Channel = Literal["portal", "email", "chat"]
Tier = Literal["enlist", "patrol", "command", "assessment"]
Detail = Literal["product", "product_version", "os", "os_version", "description"]
"""The required information of P8, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the requester said of the product and where it runs (P8). None: not said yet."""

    product: str | None = None
    product_version: str | None = None
    product_build: str | None = None
    os: str | None = None
    os_version: str | None = None
    os_build: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """A ticket whose initial response was given, as it stands: what further promises are counted by (P25)."""

    number: str
    account_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None


@event("ticket.opened")
class TicketOpened:
    """Someone asked for help. `missing` names the required information still wanted; empty: complete.

    `tier` and `calendar` are those of the account's stream at `account_version`; `mail` names the raw mail it came
    by, `thread` is that mail's Message-ID, `related` the ticket it refers to without belonging to it. `policy`: the
    version by which information is required of it; None: the shipped one's, when none had been heard of.
    """

    ticket_id: UUID
    number: str
    account_id: UUID
    subject_id: UUID
    account_version: int
    channel: Channel
    severity: Severity
    priority: Priority
    tier: Tier
    calendar: str | None
    details: Details
    missing: tuple[Detail, ...]
    title: Personal
    description: Personal
    email: Personal
    claimed_at: Instant | None = None
    mail: str | None = None
    thread: Personal | None = None
    related: UUID | None = None
    policy: str | None = None


@event("ticket.information-requested")
class InformationRequested:
    """A person found the information incomplete; the response clock is void until it comes (P12).

    `missing`: all that is wanted from then on; `named`: what that person asked for (None: older facts don't tell).
    """

    ticket_id: UUID
    subject_id: UUID
    missing: tuple[Detail, ...]
    reason: Personal
    named: tuple[Detail, ...] | None = None


@event("ticket.information-received")
class InformationReceived:
    """The requester said something, and `missing` is still wanted; perhaps nothing of it was told.

    `policy`: nobody said anything; that version came into force, and requires less than was missing. `message_id`: the
    message that said it (None: it came by the form, or an older fact doesn't tell).
    """

    ticket_id: UUID
    subject_id: UUID
    details: Details
    missing: tuple[Detail, ...]
    description: Personal | None = None
    policy: str | None = None
    message_id: UUID | None = None


@event("ticket.information-completed")
class InformationCompleted:
    """All required information is there (P8): the response clock starts (P12), for the entitlement of that moment.

    `policy`: nobody said anything; that version came into force, and requires nothing of what was missing.
    `message_id`: the message that completed it (None: it came by the form, or an older fact doesn't tell).
    """

    ticket_id: UUID
    subject_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    details: Details
    description: Personal | None = None
    policy: str | None = None
    message_id: UUID | None = None


@event("ticket.message-posted")
class MessagePosted:
    """Somebody wrote. `public`: the requester can read it; `contact`: a TSE or TAM wrote to the requester (P6).

    `awaits_reply`: the ticket waits for its requester from then on, until that one writes or says what was asked (P24).
    """

    ticket_id: UUID
    subject_id: UUID
    message_id: UUID
    channel: Channel
    author: Literal["requester", "staff"]
    public: bool
    contact: bool
    body: Personal
    mail: str | None = None
    thread: Personal | None = None
    awaits_reply: bool = False
    underway: Underway | None = None


@event("ticket.initial-response-given")
class InitialResponseGiven:
    """The result of an initial investigation: resolution details or a plan of action (P13).

    `waiting`: it came before the information was complete, so before any clock had started. `awaits_reply`: the ticket
    waits for its requester from then on (P24).
    """

    ticket_id: UUID
    subject_id: UUID
    message_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    waiting: bool
    states: Literal["resolution", "plan"]
    body: Personal
    awaits_reply: bool = False
    number: str | None = None
    account_id: UUID | None = None


@event("ticket.severity-changed")
class SeverityChanged:
    """A TSE or TAM assessed the severity anew (P6)."""

    ticket_id: UUID
    subject_id: UUID
    before: Severity
    severity: Severity
    tier: Tier
    calendar: str | None
    reason: Personal


@event("ticket.priority-changed")
class PriorityChanged:
    """A TSE or TAM assessed the priority anew (P6)."""

    ticket_id: UUID
    subject_id: UUID
    before: Priority
    priority: Priority
    reason: Personal


@event("ticket.assigned")
class Assigned:
    """A support engineer or technical account manager works on it."""

    ticket_id: UUID
    engineer: str
    before: str | None


@event("ticket.entitlement-changed")
class EntitlementChanged:
    """The account's tier or agreed calendar changed while the ticket was open.

    `account_version`: the version of the account's stream from which it follows.
    """

    ticket_id: UUID
    account_id: UUID
    account_version: int
    severity: Severity
    tier: Tier
    calendar: str | None


@event("ticket.resolved")
class Resolved:
    """Staff consider the matter settled and say how."""

    ticket_id: UUID
    subject_id: UUID
    resolution: Personal


@event("ticket.closed")
class Closed:
    """The end. `withdrawn`: the requester no longer needs an answer."""

    ticket_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    cause: Literal["resolved", "withdrawn"]
    closing: int


@event("ticket.reopened")
class Reopened:
    """Not the end after all.

    `message_id`: the message by which its requester took it up again (None: it came by the form, or an older fact
    doesn't tell).
    """

    ticket_id: UUID
    subject_id: UUID
    reason: Personal
    underway: Underway | None = None
    message_id: UUID | None = None


@event("ticket.merged")
class Merged:
    """It is about the same matter as another ticket: what is owed is owed there, and here nothing any more."""

    ticket_id: UUID
    account_id: UUID
    number: str
    into: UUID
    into_number: str


@event("ticket.absorbed")
class Absorbed:
    """Another ticket of the same account was merged into this one, which keeps the earlier start.

    `received_at`: when all required information of the other one was there; None: it never was.
    """

    ticket_id: UUID
    account_id: UUID
    number: str
    other: UUID
    other_number: str
    received_at: Instant | None


@event("account.registered")
class AccountRegistered:
    """A customer that is entitled to support (P1). Mail from `domains` belongs to it."""

    account_id: UUID
    name: str
    tier: Tier
    calendar: str | None
    domains: tuple[str, ...]


@event("account.tier-changed")
class TierChanged:
    """The account's licence tier or agreed calendar (P14) is another one from now on."""

    account_id: UUID
    tier: Tier
    calendar: str | None


TicketEvent = (
    TicketOpened
    | InformationRequested
    | InformationReceived
    | InformationCompleted
    | MessagePosted
    | InitialResponseGiven
    | SeverityChanged
    | PriorityChanged
    | Assigned
    | EntitlementChanged
    | Resolved
    | Closed
    | Reopened
    | Merged
    | Absorbed
)
AccountEvent = AccountRegistered | TierChanged
IntakeEvent = TicketEvent | AccountEvent
