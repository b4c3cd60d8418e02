"""What follows from a command. `[]`: already so, or about an alarm that is no longer awaited."""

from datetime import datetime

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
from escalation.domain import complaint
from escalation.domain.commands import (
    AcknowledgeEscalation,
    CallRole,
    Climb,
    EndCalls,
    EndEscalation,
    EscalationCommand,
    RaiseEscalation,
    RetractEscalation,
    Schedule,
    SettleEscalation,
)
from escalation.domain.evolve import alarms
from escalation.domain.ladder import Ladder
from escalation.domain.refusals import NoOpenEscalation
from escalation.domain.rights import may_acknowledge
from escalation.domain.state import Acknowledged, Called, Climbing, Ended, Escalation, Exhausted, Nothing


def decide(command: EscalationCommand, state: Escalation) -> list[EscalationEvent]:
    """The events that follow. Raises NoOpenEscalation or NotCalled."""
    match command, state:
        case RaiseEscalation(), Nothing():
            return _call(0, command.ladders.named(command.policy), command)
        case Climb(), Climbing() if _is_awaited(command, state):
            return _call(state.rung + 1, command.ladders.named(state.policy), state)
        case Schedule(), Climbing() if state.next_in and command.alarm in alarms(state):
            return _scheduled(command, state)
        case Climb(), Called() if _is_awaited(command, state):
            return complaint.again(state)
        case Schedule(), Called() if command.alarm in alarms(state):
            return complaint.scheduled(command, state)
        case CallRole(), Nothing() | Called() | Ended():
            return complaint.call(command, state)
        case EndCalls(), Nothing() | Called() | Ended():
            return complaint.end(command, state)
        case AcknowledgeEscalation(by=by), _:
            return _acknowledge(by, state)
        case SettleEscalation(ticket_id=ticket_id, escalation=name, cause=cause), Nothing():
            return [EscalationForestalled(ticket_id=ticket_id, escalation=name, cause=cause)]
        case SettleEscalation(cause=cause), Climbing() | Exhausted() | Acknowledged():
            return [EscalationResolved(ticket_id=state.ticket_id, escalation=state.escalation, cause=cause)]
        case EndEscalation(cause=cause), Climbing() | Exhausted() | Acknowledged():
            return [EscalationResolved(ticket_id=state.ticket_id, escalation=state.escalation, cause=cause)]
        case RetractEscalation(), Climbing() | Exhausted() | Acknowledged():
            return [EscalationResolved(ticket_id=state.ticket_id, escalation=state.escalation, cause="retracted")]
        case _:
            return []


def _call(rung: int, ladder: Ladder, about: RaiseEscalation | Climbing) -> list[EscalationEvent]:
    """Call a rung. After the last one no alarm is set that could say so later, so the ladder is exhausted at once."""
    exhausted = EscalationExhausted(ticket_id=about.ticket_id, escalation=about.escalation)
    role = ladder.role(rung)
    if role is None:  # an old breach names no policy, and the ladder that holds now is shorter
        return [exhausted]
    next_at, next_in = _next(rung + 1, ladder, about)
    raised = EscalationRaised(
        ticket_id=about.ticket_id,
        escalation=about.escalation,
        cause="breach",
        severity=about.severity,
        breached_at=about.breached_at,
        rung=rung,
        role=role,
        next_at=next_at,
        number=about.number,
        next_in=next_in,
        calendar=about.calendar,
        policy=about.policy,
    )
    return [raised] if next_at or next_in else [raised, exhausted]


def _next(rung: int, ladder: Ladder, about: RaiseEscalation | Climbing) -> tuple[datetime | None, Later | None]:
    """When a rung is called: an instant, or terms; neither above the last. Without known hours elapsed time counts."""
    delay = ladder.delay(rung)
    if delay is None:
        return None, None
    if ladder.counts == "elapsed" or about.calendar is None or about.policy is None:
        return about.breached_at + delay, None
    return None, Later(since=about.breached_at, calendar=about.calendar, policy=about.policy, support_time=delay)


def _is_awaited(command: Climb, state: Climbing | Called) -> bool:
    """Whether it is the awaited alarm: one of an earlier climb may still arrive. Old alarms don't say which event set
    them."""
    return command.alarm in alarms(state) and (None in (command.set_by, state.set_by) or command.set_by == state.set_by)


def _scheduled(command: Schedule, state: Climbing) -> list[EscalationEvent]:
    """It is known when the next rung is called. A climb that ended a moment ago may have asked for the same alarm: what
    is heard of that one comes first, and the latest counts."""
    if command.set_by == state.set_by:
        return []
    scheduled = EscalationScheduled(
        ticket_id=state.ticket_id,
        escalation=state.escalation,
        rung=state.rung,
        next_at=command.due_at,
        set_by=command.set_by,
    )
    return [scheduled]


def _acknowledge(by: str, state: Escalation) -> list[EscalationEvent]:
    may_acknowledge(by, state.call if isinstance(state, Called) else None)
    match state:
        case Climbing(rung=rung) | Exhausted(rung=rung):
            return [EscalationAcknowledged(ticket_id=state.ticket_id, escalation=state.escalation, rung=rung)]
        case Called():
            return complaint.acknowledge(state)
        case Acknowledged():
            return []
        case _:
            raise NoOpenEscalation
