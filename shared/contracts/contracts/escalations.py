"""escalation's events, on `punctual.escalations.v1`: who has been called, rung by rung (P23), or about a complaint."""

from typing import Literal
from uuid import UUID

from contracts.base import Instant, event
from contracts.later import Delay, Later
from contracts.names import ESCALATIONS
from contracts.tickets import Severity

TOPIC = ESCALATIONS

CalledRole = Literal["engineer", "support-manager", "vp", "ceo"]

ComplaintReason = Literal["review", "urgent", "update-missed", "arbitration"]
"""Why somebody is called about a complaint."""


@event("escalation.raised")
class EscalationRaised:
    """Rung `rung` (from 0) of the ladder is reached and `role` is called; `next_at`: when the next one will be.

    All rungs count from `breached_at`. A ladder in support hours gives `next_in` instead, and sla-timer computes when.
    `calendar` and `policy`: what the broken promise was counted by. `Assigned` says who the ticket's engineer is.
    """

    ticket_id: UUID
    escalation: str
    cause: Literal["breach"]
    severity: Severity
    breached_at: Instant
    rung: int
    role: CalledRole
    next_at: Instant | None
    number: str | None = None
    next_in: Later | None = None
    calendar: str | None = None
    policy: str | None = None


@event("escalation.scheduled")
class EscalationScheduled:
    """sla-timer has computed when the rung after this one is called, on a ladder in support hours.

    `set_by`: the event that called this rung and set the alarm for the next.
    """

    ticket_id: UUID
    escalation: str
    rung: int
    next_at: Instant
    set_by: UUID


@event("escalation.called")
class RoleCalled:
    """`role` is called about a complaint. `ticket_id`: the feedback's id; `number`: its number.

    `reason`: it is to be reviewed (P18); the customer needs an urgent resolution (P22); a promised update was missed
    (P19); or the customer disputes the outcome (P21). `turn`: from 0; the role is called again after `next_in`, unless
    somebody acknowledges. `since`: when the fact behind it was recorded.
    """

    ticket_id: UUID
    escalation: str
    reason: ComplaintReason
    role: CalledRole
    turn: int
    number: str
    since: Instant
    next_in: Delay | None = None


@event("escalation.acknowledged")
class EscalationAcknowledged:
    """Somebody took the escalation on, so nobody else is called. The envelope's actor says who."""

    ticket_id: UUID
    escalation: str
    rung: int


@event("escalation.exhausted")
class EscalationExhausted:
    """The last rung is called, and nobody has acknowledged: after it there is nobody left to call."""

    ticket_id: UUID
    escalation: str


@event("escalation.forestalled")
class EscalationForestalled:
    """The ticket was answered or closed before anybody was called: a breach that arrives later calls nobody.

    About a complaint: an update that was missed until `at`, when that was recorded, calls nobody. A later one does.
    """

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "closed"]
    at: Instant | None = None


@event("escalation.resolved")
class EscalationResolved:
    """The escalation is over: the ticket was answered or closed, or the breach retracted.

    `at`: about a complaint, when that was recorded.
    """

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "retracted", "closed"]
    at: Instant | None = None


EscalationEvent = (
    EscalationRaised
    | RoleCalled
    | EscalationScheduled
    | EscalationAcknowledged
    | EscalationExhausted
    | EscalationForestalled
    | EscalationResolved
)
