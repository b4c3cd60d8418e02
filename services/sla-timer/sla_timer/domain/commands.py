"""What can be asked of a clock, an alarm or the policy. `at` is the instant of the fact behind it.

`policies` are the rules to count by. They come along because a clock keeps the version it started with.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.alarms import Alarms
from contracts.sla import PolicyPublished
from contracts.tickets import Severity, Tier
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies

Evidence = Literal["settled", "grace", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitInformation:
    """A ticket came without all required information (P12). `calendar`: agreed with the account (P14)."""

    at: datetime
    ticket_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)
    kind: Kind = "response"
    number: str | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartClock:
    """Something is owed from now on: an answer and a resolution when all required information is there (P12).

    `paused`: the ticket waits for its requester; `again`: it still does, if the one just kept stood still. A clock that
    was awaited knows its number and account already. `completed_by`: the version that requires nothing of what was
    missing.
    """

    at: datetime
    ticket_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)
    kind: Kind = "response"
    paused: bool = False
    again: bool = False
    number: str | None = None
    account_id: UUID | None = None
    completed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidClock:
    """The information was found incomplete later."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeverity:
    """The severity was assessed anew (P6)."""

    at: datetime
    severity: Severity
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntitlement:
    """The account's tier or agreed calendar is another one (P14)."""

    at: datetime
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateClock:
    """An administrator has it follow the current version of the policy, instead of the one it started with.

    `at`: all that was recorded before has been told. What was recorded since may have been, too.
    """

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """Nothing follows from it. That it was asked, and how it was answered, is kept like of any command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordResponse:
    """The initial response was given (P13)."""

    at: datetime
    ticket_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfil:
    """What was owed has been done: the requester has a reply, an update or a resolution."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndClock:
    """Nothing is owed here any more: the ticket is closed, or goes on in another one."""

    at: datetime
    cause: Literal["closed", "merged"]
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseClock:
    """The ticket waits for its requester (P24)."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeClock:
    """The requester has written, or said what was asked."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenClock:
    """The ticket was taken up again."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsorbClock:
    """Another ticket, complete at `received_at`, goes on in this one."""

    at: datetime
    received_at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HearAlarms:
    """The event `set_by` changes what its stream `owner` wants to be told. `policies` know calendars and zones."""

    at: datetime
    ticket_id: UUID
    owner: str
    set_by: UUID
    alarms: Alarms
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Time has passed for this stream up to `at`: the settled edge, or the wall clock if `evidence` says so.

    `kind` and `generation` are those of the timer that rings; one that was set otherwise since is stale. `until`: up
    to which instant a verdict would be as well founded, if the timer rings late.
    """

    at: datetime
    kind: str
    generation: int
    evidence: Evidence = "settled"
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPolicy:
    """A policy version is to hold from now on, in this shard."""

    shard: int
    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, published: PolicyPublished, shard: int) -> "PublishPolicy":
        """The same publication in that shard."""
        return cls(
            shard=shard,
            version=published.version,
            name=published.name,
            tzdata=published.tzdata,
            holidays=published.holidays,
            resolved=published.resolved,
        )


ClockCommand = (
    AwaitInformation
    | StartClock
    | VoidClock
    | ChangeSeverity
    | ChangeEntitlement
    | MigrateClock
    | RecordResponse
    | Fulfil
    | EndClock
    | PauseClock
    | ResumeClock
    | ReopenClock
    | AbsorbClock
)
Command = ClockCommand | HearAlarms | Ring | PublishPolicy | Note
