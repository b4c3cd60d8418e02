"""The state of a clock after events. Never fails: an event that doesn't fit changes nothing."""

from datetime import datetime, timedelta

from contracts.replacing import replace
from sla_timer.domain.clock.apply import awaited, rescheduled, started, unowed, void
from sla_timer.domain.clock.segments import running_from, stopped_from
from sla_timer.domain.events import (
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
    SlaBreached,
    SlaEvent,
    SlaMet,
    SlaWarning,
)
from sla_timer.domain.state import (
    AnsweredAfterMiss,
    AwaitingInformation,
    Breached,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Situation,
    Unowed,
)


def evolve(state: Situation, event: SlaEvent) -> Situation:
    """The state after an event of a clock."""
    match event:
        case ClockAwaited():
            return awaited(event, state)
        case ClockStarted():
            return Running(started(event, state))
        case ClockUnowed():
            return Unowed(unowed(event, state))
        case ClockPaused() | ClockResumed():
            return _paused_or_resumed(event, state)
        case ClockCancelled():
            return _cancelled(event, state)
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
        case SlaMet(), AwaitingInformation():
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
            return AnsweredAfterMiss()
        case _:
            return state


def _paused_or_resumed(event: ClockPaused | ClockResumed, state: Situation) -> Situation:
    match event, state:
        case ClockPaused(paused_at=at, consumed=consumed), Running(clock):
            return Paused(_stopped(clock, at, consumed))
        case ClockPaused(paused_at=at, consumed=consumed), Missed(clock) | Unowed(clock):
            return replace(state, clock=_stopped(clock, at, consumed))
        case ClockResumed(), Met(clock, since) | Cancelled(clock, since) if clock and since:
            return _resumed(event, Unowed(stopped_from(clock, since, event.consumed)))
        case ClockResumed(), Paused() | Missed() | Unowed():
            return _resumed(event, state)
        case _:
            return state


def _stopped(clock: Clock, at: datetime, consumed: timedelta) -> Clock:
    return replace(stopped_from(clock, at, consumed), changed_at=at)


def _resumed(event: ClockResumed, state: Paused | Missed | Unowed) -> Situation:
    clock = replace(running_from(state.clock, event.resumed_at), changed_at=event.resumed_at)
    if event.due_at is None:
        return replace(state, clock=clock)
    return Running(replace(clock, due_at=event.due_at, warnings=event.warnings, generation=clock.generation + 1))


def _cancelled(event: ClockCancelled, state: Situation) -> Situation:
    match event.cause, state:
        case "severity", Running(clock) | Paused(clock) | Missed(clock):
            return Unowed(clock)
        case "incomplete", Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            return void(clock)
        case "merged", AwaitingInformation():
            return Cancelled(awaited=state)
        case "merged", Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            return Cancelled(clock)
        case _, AwaitingInformation():
            return Cancelled(since=event.changed_at, awaited=state)
        case _, Running(clock) | Paused(clock) | Missed(clock):
            return Cancelled(clock, event.changed_at)
        case _, Unowed(clock):
            return Cancelled(replace(clock, target=timedelta(0)), event.changed_at)
        case _, Breached():
            return replace(state, answered=True)
        case _:
            return state
