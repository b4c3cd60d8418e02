"""What can be asked of a clock, an alarm or the policy. `at` is the instant of the fact behind it.

`policies` are the rules to count by. They come along because a clock keeps the version it started with.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.tickets import Severity, Tier
from sla_timer.domain.policies import Policies

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StartClock:
    """All required information is there (P12)."""

    at: datetime
    ticket_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)


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
    """An administrator has it follow the current version of the policy, instead of the one it started with."""

    at: datetime
    policies: Policies = field(repr=False)


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
class WithdrawTicket:
    """The requester no longer needs an answer."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlarm:
    """Another service wants to be told when it is `due_at`."""

    at: datetime
    ticket_id: UUID
    alarm: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAlarm:
    """Nobody waits for it any more."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Time has passed for this stream up to `at`: the settled edge, or the wall clock if `evidence` says so.

    `kind` and `generation` are those of the timer that rings; one that was set otherwise since is stale. `now`: the
    wall clock, if the timer may ring late.
    """

    at: datetime
    kind: str
    generation: int
    evidence: Evidence = "settled"
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPolicy:
    """A policy version is to hold from now on, in this shard."""

    shard: int
    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any] = field(repr=False)


ClockCommand = (
    AwaitInformation
    | StartClock
    | VoidClock
    | ChangeSeverity
    | ChangeEntitlement
    | MigrateClock
    | RecordResponse
    | WithdrawTicket
)
AlarmCommand = SetAlarm | CancelAlarm
Command = ClockCommand | AlarmCommand | Ring | PublishPolicy
