"""What the facts of an escalation add up to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.alarms import Alarm
from contracts.escalations import (
    EscalationAcknowledged,
    EscalationEvent,
    EscalationExhausted,
    EscalationForestalled,
    EscalationRaised,
    EscalationResolved,
    EscalationScheduled,
)
from contracts.later import Later
from contracts.replacing import replace
from contracts.tickets import Severity


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody is called: no breach was heard of, or it was retracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbing:
    """`rung` is called, and the next one will be at `next_at`, or in terms that sla-timer works out."""

    ticket_id: UUID
    escalation: str
    severity: Severity
    breached_at: datetime
    rung: int
    next_at: datetime | None
    number: str | None
    next_in: Later | None
    calendar: str | None
    policy: str | None
    set_by: UUID | None = None
    """The event that set the alarm for the next rung, once it is known when that rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """All have been called, `rung` last, and it is still open."""

    ticket_id: UUID
    escalation: str
    rung: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Someone works on it."""

    ticket_id: UUID
    escalation: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Answered or closed: nobody will be called any more. There is one first answer."""


Escalation = Nothing | Climbing | Exhausted | Acknowledged | Settled
INITIAL: Escalation = Nothing()


def evolve(state: Escalation, event: EscalationEvent) -> Escalation:
    """The escalation after the event."""
    match event, state:
        case EscalationRaised(), _:
            return Climbing(
                ticket_id=event.ticket_id,
                escalation=event.escalation,
                severity=event.severity,
                breached_at=event.breached_at,
                rung=event.rung,
                next_at=event.next_at,
                number=event.number,
                next_in=event.next_in,
                calendar=event.calendar,
                policy=event.policy,
            )
        case EscalationScheduled(set_by=set_by), Climbing():
            return replace(state, set_by=set_by)
        case EscalationExhausted(ticket_id=ticket_id, escalation=name), Climbing(rung=rung):
            return Exhausted(ticket_id=ticket_id, escalation=name, rung=rung)
        case EscalationAcknowledged(ticket_id=ticket_id, escalation=name), _:
            return Acknowledged(ticket_id=ticket_id, escalation=name)
        case EscalationForestalled() | EscalationResolved(escalation="response", cause="answered" | "closed"), _:
            return Settled()
        case EscalationResolved(), _:
            return Nothing()
        case _:
            return state


def alarms(state: Escalation) -> tuple[Alarm, ...]:
    """What an escalation wants to be told: when its next rung is to be called."""
    match state:
        case Climbing(next_at=None, next_in=None):
            return ()
        case Climbing(escalation=name, rung=rung, next_at=at, next_in=after):
            return (Alarm(name=f"escalation-{name}-{rung + 1}", at=at, after=None if at else after),)
        case _:
            return ()
