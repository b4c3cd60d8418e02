"""What the facts of an escalation add up to. Never fails: a fact has already happened."""

from datetime import datetime

from contracts.alarms import Alarm
from contracts.escalations import (
    EscalationAcknowledged,
    EscalationEvent,
    EscalationExhausted,
    EscalationForestalled,
    EscalationRaised,
    EscalationResolved,
    EscalationScheduled,
    RoleCalled,
)
from contracts.replacing import replace
from escalation.domain import complaint
from escalation.domain.state import Acknowledged, Called, Climbing, Ended, Escalation, Exhausted, Nothing, Settled


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
        case RoleCalled(), _:
            return complaint.called(state, event)
        case EscalationAcknowledged(), Called():
            return replace(state, acknowledged=True)
        case EscalationForestalled(at=datetime()), _:
            return complaint.ended(state, event)
        case EscalationResolved(), Called() | Ended():
            return complaint.ended(state, event)
        case EscalationScheduled(set_by=set_by), Climbing() | Called():
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
    """The alarms that an escalation needs: one for its next rung, or for the next call about a complaint."""
    match state:
        case Climbing(next_at=None, next_in=None):
            return ()
        case Climbing(escalation=name, rung=rung, next_at=at, next_in=after):
            return (Alarm(name=f"escalation-{name}-{rung + 1}", at=at, after=None if at else after),)
        case Called():
            return complaint.alarms(state)
        case _:
            return ()
