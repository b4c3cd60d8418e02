"""The commands for clocks, alarms and the policy. `at`: the instant of the fact that led to the command.

`policies`: all published versions, since a clock goes on by the version that it started with.
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
    """A ticket was opened without all required information (P12). `calendar`: agreed with the account (P14)."""

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
    """Something is owed from now on. Answer and resolution: once all required information is there (P12).

    `paused`: start paused, because the ticket waits for its requester; `again`: start paused if the clock before it in
    this stream was paused. `number`, `account_id`: not needed for a clock that was awaited, which knows both.
    `completed_by`: the policy version that no longer requires the missing information.
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
    """Staff found the information incomplete after the clock had started."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeverity:
    """Staff changed the severity (P6)."""

    at: datetime
    severity: Severity
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntitlement:
    """The account's tier or agreed calendar changed (P14)."""

    at: datetime
    tier: Tier
    calendar: str | None
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateClock:
    """An administrator has the clock follow the current policy version instead of the one that it started with.

    `at`: every fact recorded before this instant has been heard; facts recorded since may have been heard, too.
    """

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """Does nothing. It keeps a request and its answer under an idempotency key, as any command does."""


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
    """The promise was kept: the requester got a reply, an update or a resolution."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndClock:
    """Nothing is owed on this ticket any more: it was closed, or merged into another one."""

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
    """The requester has written, or has given the information asked for."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenClock:
    """The ticket was reopened."""

    at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsorbClock:
    """Another ticket was merged into this one; its information had been complete at `received_at`."""

    at: datetime
    received_at: datetime
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HearAlarms:
    """The event `set_by` of the stream `owner` sets or cancels alarms. `policies`: for their calendars and zones."""

    at: datetime
    ticket_id: UUID
    owner: str
    set_by: UUID
    alarms: Alarms
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A timer of this stream rings: time has passed up to `at`, by the settled edge or, as `evidence` says, the clock.

    `kind`, `generation`: the timer's; a ring is stale if the timer has been set anew since. `until`: the instant up to
    which a verdict would be just as well founded, if the timer rings late.
    """

    at: datetime
    kind: str
    generation: int
    evidence: Evidence = "settled"
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPolicy:
    """Put a policy version in force in this shard."""

    shard: int
    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, published: PolicyPublished, shard: int) -> "PublishPolicy":
        """The command for one shard, from a publication."""
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
