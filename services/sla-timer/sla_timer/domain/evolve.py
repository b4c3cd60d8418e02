"""What the facts add up to. Never fails: a fact has already happened, and one that doesn't fit changes nothing."""

from collections.abc import Iterable
from datetime import timedelta

from contracts.replacing import replace
from sla_timer.domain.events import (
    AlarmCancelled,
    AlarmRang,
    AlarmSet,
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    PolicyPublished,
    SlaBreached,
    SlaEvent,
    SlaMet,
    SlaWarning,
)
from sla_timer.domain.state import (
    AlarmOver,
    AlarmPending,
    Breached,
    Cancelled,
    Clock,
    InForce,
    Late,
    Leg,
    Met,
    Missed,
    Running,
    Situation,
    Superseded,
    Waiting,
)


def evolve(state: Situation, event: SlaEvent) -> Situation:
    """The situation after an event."""
    match event, state:
        case ClockAwaited(metric=metric, number=number, account_id=account_id), _:
            return Waiting(metric=metric, number=number, account_id=account_id)
        case ClockStarted(), _:
            return Running(_started(event, state))
        case ClockRescheduled(), Running() | Missed() | Breached():
            return replace(state, clock=_rescheduled(event, state.clock))
        case ClockCancelled(cause="severity"), Running(clock) | Missed(clock):
            return Superseded(clock)
        case ClockCancelled(cause="incomplete"), Running(clock) | Missed(clock):
            return Waiting(clock.generation, clock.metric, clock.number, clock.account_id)
        case ClockCancelled(), Running() | Missed():
            return Cancelled()
        case SlaWarning(percent=percent), Running(clock):
            return Running(replace(clock, warnings=tuple(to for to in clock.warnings if to.percent != percent)))
        case SlaMet(), Running() | Missed() | Waiting():
            return Met()
        case SlaBreached(breached_at=breached_at), Running(clock):
            return Breached(clock, breached_at)
        case BreachRetracted(), Breached(clock):
            return Running(replace(clock, generation=clock.generation + 1))
        case ObjectiveMissed(), Running(clock):
            return Missed(clock)
        case AnsweredLate(), Breached():
            return replace(state, answered=True)
        case AnsweredLate(), Missed():
            return Late()
        case AlarmSet(ticket_id=ticket_id, alarm=alarm, due_at=due_at), _:
            generation = generation_of(state) + 1
            return AlarmPending(ticket_id=ticket_id, alarm=alarm, due_at=due_at, generation=generation)
        case AlarmCancelled() | AlarmRang(), AlarmPending(alarm=alarm, due_at=due_at, generation=generation):
            return AlarmOver(alarm=alarm, due_at=due_at, generation=generation)
        case PolicyPublished(version=version), _:
            return InForce(version)
        case _:
            return state


def fold(state: Situation, events: Iterable[SlaEvent]) -> Situation:
    """The situation after several events."""
    for event in events:
        state = evolve(state, event)
    return state


def generation_of(state: Situation) -> int:
    """How often this stream has set its timers."""
    match state:
        case Running(clock) | Superseded(clock) | Missed(clock) | Breached(clock):
            return clock.generation
        case Waiting(generation) | AlarmPending(generation=generation) | AlarmOver(generation=generation):
            return generation
        case _:
            return 0


def _started(event: ClockStarted, state: Situation) -> Clock:
    first = Leg(since=event.started_at, consumed=timedelta(0), calendar=event.calendar, policy=event.versions.policy)
    return Clock(
        ticket_id=event.ticket_id,
        metric=event.metric,
        severity=event.severity,
        tier=event.tier,
        received_at=event.received_at,
        started_at=event.started_at,
        course=state.clock.course if isinstance(state, Superseded) else (first,),
        target=event.target,
        due_at=event.due_at,
        warnings=event.warnings,
        versions=event.versions,
        generation=generation_of(state) + 1,
        number=event.number,
        account_id=event.account_id,
    )


def _rescheduled(event: ClockRescheduled, clock: Clock) -> Clock:
    kept = tuple(leg for leg in clock.course if event.started_at <= leg.since < event.counted_from)
    leg = Leg(since=event.counted_from, consumed=event.consumed, calendar=event.calendar, policy=event.versions.policy)
    return replace(
        clock,
        severity=event.severity,
        tier=event.tier,
        started_at=event.started_at,
        course=(*kept, leg),
        target=event.target,
        due_at=event.due_at,
        warnings=event.warnings,
        versions=event.versions,
        generation=clock.generation + 1,
    )
