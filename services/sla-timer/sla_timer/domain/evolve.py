"""What the facts add up to. Never fails: a fact has already happened, and one that doesn't fit changes nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.replacing import replace
from sla_timer.domain.clocks import awaited, rescheduled, started, unowed, void
from sla_timer.domain.events import (
    AlarmCancelled,
    AlarmEvent,
    AlarmRang,
    AlarmSet,
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    ObjectiveMissed,
    PolicyPublished,
    SlaBreached,
    SlaEvent,
    SlaMet,
    SlaWarning,
)
from sla_timer.domain.legs import going_on, standing_still
from sla_timer.domain.state import (
    Breached,
    Cancelled,
    Clock,
    InForce,
    Late,
    Met,
    Missed,
    Paused,
    Pending,
    Running,
    Situation,
    Superseded,
    Waited,
    Waiting,
)


def evolve(state: Situation, event: SlaEvent) -> Situation:
    """The situation after an event."""
    match event:
        case ClockAwaited():
            return awaited(event, state)
        case ClockStarted():
            return Running(started(event, state))
        case ClockUnowed():
            return Superseded(unowed(event, state))
        case ClockPaused() | ClockResumed():
            return _standing_or_going(event, state)
        case ClockCancelled():
            return _cancelled(event, state)
        case AlarmSet() | AlarmCancelled() | AlarmRang():
            return _alarm(event, state)
        case PolicyPublished(version=version):
            return InForce(version)
        case _:
            return _judged(event, state)


def _judged(event: SlaEvent, state: Situation) -> Situation:
    match event, state:
        case ClockRescheduled(), Running() | Missed() | Breached():
            return replace(state, clock=rescheduled(event, state.clock))
        case ClockRescheduled(), Paused(clock):
            return Running(rescheduled(event, clock))
        case SlaWarning(percent=percent), Running(clock):
            return Running(replace(clock, warnings=tuple(to for to in clock.warnings if to.percent != percent)))
        case SlaMet(responded_at=at), Running(clock) | Paused(clock) | Missed(clock):
            return Met(clock, at)
        case SlaMet(), Waiting():
            return Met()
        case SlaBreached(breached_at=breached_at), Running(clock):
            return Breached(clock, breached_at)
        case BreachRetracted(), Breached(clock) | Missed(clock):
            return Running(replace(clock, generation=clock.generation + 1))
        case ObjectiveMissed(due_at=due_at), Running(clock):
            return Missed(clock, due_at)
        case AnsweredLate(), Breached():
            return replace(state, answered=True)
        case AnsweredLate(), Missed():
            return Late()
        case _:
            return state


def _standing_or_going(event: ClockPaused | ClockResumed, state: Situation) -> Situation:
    match event, state:
        case ClockPaused(paused_at=at, consumed=consumed), Running(clock):
            return Paused(_stopped(clock, at, consumed))
        case ClockPaused(paused_at=at, consumed=consumed), Missed(clock) | Superseded(clock):
            return replace(state, clock=_stopped(clock, at, consumed))
        case ClockResumed(), Met(clock, since) | Cancelled(clock, since) if clock and since:
            return _resumed(event, Superseded(standing_still(clock, since, event.consumed)))
        case ClockResumed(), Paused() | Missed() | Superseded():
            return _resumed(event, state)
        case _:
            return state


def _stopped(clock: Clock, at: datetime, consumed: timedelta) -> Clock:
    return replace(standing_still(clock, at, consumed), changed_at=at)


def _resumed(event: ClockResumed, state: Paused | Missed | Superseded) -> Situation:
    clock = replace(going_on(state.clock, event.resumed_at), changed_at=event.resumed_at)
    if event.due_at is None:
        return replace(state, clock=clock)
    return Running(replace(clock, due_at=event.due_at, warnings=event.warnings, generation=clock.generation + 1))


def _cancelled(event: ClockCancelled, state: Situation) -> Situation:
    match event.cause, state:
        case "severity", Running(clock) | Paused(clock) | Missed(clock):
            return Superseded(clock)
        case "incomplete", Running(clock) | Paused(clock) | Missed(clock) | Superseded(clock):
            return void(clock)
        case "merged", Waiting():
            return Cancelled(awaited=state)
        case "merged", Running(clock) | Paused(clock) | Missed(clock) | Superseded(clock):
            return Cancelled(clock)
        case _, Waiting():
            return Cancelled(since=event.changed_at, awaited=state)
        case _, Running(clock) | Paused(clock) | Missed(clock):
            return Cancelled(clock, event.changed_at)
        case _, Superseded(clock):
            return Cancelled(replace(clock, target=timedelta(0)), event.changed_at)
        case _, Breached():
            return replace(state, answered=True)
        case _:
            return state


def _alarm(event: AlarmEvent, state: Situation) -> Situation:
    waited = state if isinstance(state, Waited) else Waited({}, {}, 0)
    others = {name: one for name, one in waited.pending.items() if name != event.alarm}
    if not isinstance(event, AlarmSet):
        return replace(waited, pending=others)
    if event.owner is None:  # once there was one alarm at a time, and the next one replaced it
        others = {}
    generation = waited.generation + 1
    return Waited(
        pending={**others, event.alarm: Pending(event, generation)},
        set_by={**waited.set_by, event.alarm: event.set_by} if event.set_by else waited.set_by,
        generation=generation,
    )


def fold(state: Situation, events: Iterable[SlaEvent]) -> Situation:
    """The situation after several events."""
    for event in events:
        state = evolve(state, event)
    return state
