"""What can be asked of an escalation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.alarms import Alarm
from contracts.tickets import Severity
from escalation.domain.ladder import Ladders


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseEscalation:
    """A promise is broken since `breached_at`: call the first rung. It was counted by this calendar and policy.

    Of the `ladders`, that policy's is climbed.
    """

    ticket_id: UUID
    escalation: str
    severity: Severity
    breached_at: datetime
    ladders: Ladders
    number: str | None = None
    calendar: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """An alarm, set by that event, has rung. Stale if it is not the one that the escalation waits for."""

    alarm: Alarm
    set_by: UUID | None
    ladders: Ladders


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An alarm was set by that event, and rings at `due_at`. Stale likewise."""

    alarm: Alarm
    set_by: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeEscalation:
    """Someone in the role `by` takes it on: nobody else need be called."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEscalation:
    """The ticket is answered or closed, for good: nobody need be called, now or later."""

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEscalation:
    """What was owed is done or owed no more, until it is owed anew: a reply, an update, a resolution."""

    cause: Literal["answered", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractEscalation:
    """There was no breach. Another one may still come."""


EscalationCommand = (
    RaiseEscalation | Climb | Schedule | AcknowledgeEscalation | SettleEscalation | EndEscalation | RetractEscalation
)
