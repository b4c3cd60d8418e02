"""Late evidence: a fact from before the deadline that arrives after a breach, or a missed objective, was announced.

What counts is when intake recorded a fact, not when it arrived here. So the fact is decided as if nothing had been
announced. If the promise is not broken then, the announcement is retracted first.
"""

from datetime import datetime
from functools import reduce

from sla_timer.domain.clock.evolve import evolve
from sla_timer.domain.events import BreachRetracted, ClockRescheduled, SlaEvent, SlaMet, SlaWarning
from sla_timer.domain.state import Breached, Missed, Running, Situation


def reconsider(state: Breached | Missed, otherwise: list[SlaEvent]) -> list[SlaEvent]:
    """What follows from late evidence. `otherwise`: the events that would follow if the clock were still running.

    The breach stands if the deadline stays where it was, or comes earlier; the change is recorded all the same.
    Warnings are left out, since their time is past.
    """
    clock = state.clock
    initial: Situation = Running(clock)
    kept = any(isinstance(event, SlaMet) for event in otherwise)
    if _stands(state, reduce(evolve, otherwise, initial)):
        return [event for event in otherwise if isinstance(event, ClockRescheduled)]
    retracted = BreachRetracted(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        cause="answered-in-time" if kept else "clock-changed",
        breached_at=_announced(state),
        versions=clock.versions,
    )
    return [retracted, *(event for event in otherwise if not isinstance(event, SlaWarning))]


def _stands(state: Breached | Missed, after: Situation) -> bool:
    """Whether the same verdict follows anyway, or will by the time at which it was announced."""
    match after:
        case Running(clock):
            return clock.metric == state.clock.metric and clock.due_at <= _announced(state)
        case _:
            return type(after) is type(state)


def _announced(state: Breached | Missed) -> datetime:
    return state.breached_at if isinstance(state, Breached) else state.due_at
