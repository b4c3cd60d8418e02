"""The commands of an escalation: of a ticket's, which climbs a ladder, and of a complaint's, which has none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.alarms import Alarm
from contracts.escalations import CalledRole, ComplaintReason
from contracts.later import Delay
from contracts.tickets import Severity
from escalation.domain.ladder import Ladders

ComplaintCall = Literal["review", "urgent", "update", "arbitration"]
"""The names of the escalations of a complaint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseEscalation:
    """A promise was broken at `breached_at`: call the first rung.

    `calendar` and `policy`: by which the promise was counted; that policy's ladder is climbed, of all `ladders`.
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
    """An alarm that the event `set_by` set has rung: call the next rung, unless another alarm is awaited now."""

    alarm: Alarm
    set_by: UUID | None
    ladders: Ladders


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The alarm that the event `set_by` set rings at `due_at`: record that, unless another alarm is awaited now."""

    alarm: Alarm
    set_by: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeEscalation:
    """Somebody in the role `by` takes it on: nobody else is called."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEscalation:
    """The ticket is answered or closed for good: nobody is called, now or later."""

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEscalation:
    """A reply, an update or a resolution was given, or is no longer owed; it may be owed again later."""

    cause: Literal["answered", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractEscalation:
    """There was no breach. Another one may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRole:
    """Call `role` about a complaint, for this `reason`; None: whoever reviews it, the VP unless another was named.

    Joins an open call of that role, unless it has a later `turn`. `since`: when the fact behind it was recorded;
    `next_in`: when the role is called again. `broken_at`: of a missed update, when the promise was broken: an update or
    an end that was recorded since then has made the call needless.
    """

    ticket_id: UUID
    escalation: ComplaintCall
    reason: ComplaintReason
    role: CalledRole | None
    number: str
    since: datetime
    turn: int = 0
    next_in: Delay | None = None
    broken_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCalls:
    """What somebody was called for about a complaint is done, or no longer owed. `at`: when that was recorded."""

    ticket_id: UUID
    escalation: ComplaintCall
    cause: Literal["answered", "closed"]
    at: datetime


EscalationCommand = (
    RaiseEscalation
    | Climb
    | Schedule
    | AcknowledgeEscalation
    | SettleEscalation
    | EndEscalation
    | RetractEscalation
    | CallRole
    | EndCalls
)
