"""Evidence that turns up after a breach, or a missed objective, was announced on the wall clock.

What counts is when intake recorded a fact, never when it got here. So the fact is decided as if nothing had been
announced; if nothing is broken then, what was announced is retracted first.
"""

from datetime import datetime
from functools import reduce

from sla_timer.domain.clock.evolve import evolve
from sla_timer.domain.events import BreachRetracted, ClockRescheduled, SlaEvent, SlaMet, SlaWarning
from sla_timer.domain.state import Breached, Missed, Running, Situation


def reconsider(state: Breached | Missed, otherwise: list[SlaEvent]) -> list[SlaEvent]:
    """What follows after all. `otherwise`: what would have, had the clock still been running.

    A change that leaves the deadline where it was or earlier is kept on record, and the breach stands. Warnings of a
    time long past help nobody.
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
    """Whether the same is broken then, or will be by the deadline that was announced as passed."""
    match after:
        case Running(clock):
            return clock.metric == state.clock.metric and clock.due_at <= _announced(state)
        case _:
            return type(after) is type(state)


def _announced(state: Breached | Missed) -> datetime:
    return state.breached_at if isinstance(state, Breached) else state.due_at
