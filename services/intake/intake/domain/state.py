"""The situations of a ticket or an account, with what decisions need."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from contracts.replacing import replace
from intake.domain.events import Asks, Detail, Details, Priority, Severity, Tier, Underway

Contact = Literal["information-request", "message", "initial-response"]
"""How a person first wrote to the requester (P6)."""


@dataclass(frozen=True, slots=True)
class Locale:
    """In which language (a tag of BCP 47) and time zone (a name of IANA's) an account reads. None: the vendor's."""

    language: str | None = None
    zone: str | None = None


VENDORS = Locale()
"""An account that has said nothing reads what the vendor writes to everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What is known of a ticket in every situation. Its words are not here: they are read from the stream.

    `email`: of its requester, for whoever asks for a rating; `asks`: how, by what is known of who opened it and wrote.
    `locale`: how its account reads, as of `locale_version` of the account's stream. `marked`: the messages that staff
    marked as feedback. `participants`: who takes part beside the requester; `removed`: who did, until staff said no.
    """

    ticket_id: UUID
    number: str
    account_id: UUID
    account_version: int
    subject_id: UUID
    severity: Severity
    priority: Priority
    tier: Tier
    calendar: str | None
    details: Details
    email: str | None = None
    asks: Asks = "mail"
    assignee: str | None = None
    contact: Contact | None = None
    locale: Locale = VENDORS
    locale_version: int = 0
    closings: int = 0
    marked: frozenset[UUID] = frozenset()
    participants: frozenset[UUID] = frozenset()
    removed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No such ticket or account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer entitled to support."""

    account_id: UUID
    name: str
    tier: Tier
    calendar: str | None
    domains: tuple[str, ...]
    locale: Locale = VENDORS


@dataclass(frozen=True, slots=True)
class Passed:
    """What came in and was passed on for others to act on: mails by their keys, notices by their ids. Each is passed on
    once."""

    on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WaitingForInformation:
    """The ticket lacks required information, so no response clock runs (P12). `asked`: what of it staff asked for,
    whatever the policy requires."""

    ticket: Ticket
    missing: tuple[Detail, ...]
    asked: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Complete, and waiting for its initial response: the clock runs."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Responded:
    """The initial response has been given, and work goes on (P13)."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Resolved:
    """Staff consider it settled; the requester may see that differently."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Closed:
    """The end, unless it is reopened into what it `was`."""

    was: WaitingForInformation | Open | Responded

    @property
    def ticket(self) -> Ticket:
        """The ticket that was closed."""
        return self.was.ticket


Active = WaitingForInformation | Open | Responded
Situation = Active | Resolved | Closed
State = Nothing | Account | Passed | Situation
Status = Literal["waiting-for-information", "open", "responded", "resolved", "closed"]

INITIAL: State = Nothing()


def with_ticket(situation: Situation, ticket: Ticket) -> Situation:
    """The same situation, with a changed ticket."""
    if isinstance(situation, Closed):
        return Closed(replace(situation.was, ticket=ticket))
    return replace(situation, ticket=ticket)


def reopened(situation: Situation) -> Situation:
    """The situation after reopening; one that was not ended stays as it is."""
    match situation:
        case Resolved(ticket):
            return Responded(ticket)
        case Closed(was):
            return was
        case _:
            return situation


def not_answered(situation: Situation) -> bool:
    """Whether the initial response has not been given."""
    return isinstance(reopened(situation), WaitingForInformation | Open)


def underway(situation: Situation) -> Underway | None:
    """What further promises are counted by (P25); None unless the initial response was given and work goes on."""
    if not isinstance(situation, Responded):
        return None
    ticket = situation.ticket
    return Underway(
        number=ticket.number,
        account_id=ticket.account_id,
        severity=ticket.severity,
        tier=ticket.tier,
        calendar=ticket.calendar,
    )


def missing_information(state: State) -> tuple[Detail, ...]:
    """The required information that a ticket waits for; empty if it doesn't wait."""
    return state.missing if isinstance(state, WaitingForInformation) else ()


def status(situation: Situation) -> Status:
    """The situation's name, for read models."""
    match situation:
        case WaitingForInformation():
            return "waiting-for-information"
        case Open():
            return "open"
        case Responded():
            return "responded"
        case Resolved():
            return "resolved"
        case _:
            return "closed"
