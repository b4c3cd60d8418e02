"""What escalation tells the world, on `punctual.escalations.v1`: who has been called, rung by rung (P23)."""

from typing import Literal
from uuid import UUID

from contracts.base import Instant, event
from contracts.later import Later
from contracts.names import ESCALATIONS
from contracts.tickets import Severity

TOPIC = ESCALATIONS

Rung = Literal["engineer", "support-manager", "vp", "ceo"]


@event("escalation.raised")
class EscalationRaised:
    """Rung `rung` (from 0) of the ladder is reached and `role` is called; `next_at`: when the next one will be.

    All rungs count from `breached_at`. A ladder in support hours says `next_in` instead, and sla-timer works out when.
    `calendar` and `policy`: what the broken promise was counted by. Who the ticket's engineer is, the reader knows from
    `Assigned`.
    """

    ticket_id: UUID
    escalation: str
    cause: Literal["breach"]
    severity: Severity
    breached_at: Instant
    rung: int
    role: Rung
    next_at: Instant | None
    number: str | None = None
    next_in: Later | None = None
    calendar: str | None = None
    policy: str | None = None


@event("escalation.scheduled")
class EscalationScheduled:
    """It is known now when the rung after this one is called, of a ladder in support hours.

    `set_by`: the event that asked for it, which called this rung.
    """

    ticket_id: UUID
    escalation: str
    rung: int
    next_at: Instant
    set_by: UUID


@event("escalation.acknowledged")
class EscalationAcknowledged:
    """Someone took it on: the ladder stops. The envelope's actor says who."""

    ticket_id: UUID
    escalation: str
    rung: int


@event("escalation.exhausted")
class EscalationExhausted:
    """The last rung is being called and nobody had acknowledged: there is nobody left to call after it."""

    ticket_id: UUID
    escalation: str


@event("escalation.forestalled")
class EscalationForestalled:
    """Answered or closed while nobody was being called: a breach heard of later calls nobody."""

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "closed"]


@event("escalation.resolved")
class EscalationResolved:
    """What it was about is over."""

    ticket_id: UUID
    escalation: str
    cause: Literal["answered", "retracted", "closed"]


EscalationEvent = (
    EscalationRaised
    | EscalationScheduled
    | EscalationAcknowledged
    | EscalationExhausted
    | EscalationForestalled
    | EscalationResolved
)
