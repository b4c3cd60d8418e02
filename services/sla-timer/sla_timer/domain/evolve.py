"""The state after events. Never fails: an event has already happened, and one that doesn't fit changes nothing."""

from collections.abc import Iterable
from functools import reduce

from sla_timer.domain import alarm, clock
from sla_timer.domain.events import AlarmCancelled, AlarmRang, AlarmSet, PolicyPublished, SlaEvent
from sla_timer.domain.state import InForce, Situation


def evolve(state: Situation, event: SlaEvent) -> Situation:
    """The state after an event."""
    match event:
        case AlarmSet() | AlarmCancelled() | AlarmRang():
            return alarm.evolve(state, event)
        case PolicyPublished(version=version):
            return InForce(version)
        case _:
            return clock.evolve(state, event)


def fold(state: Situation, events: Iterable[SlaEvent]) -> Situation:
    """The state after several events."""
    return reduce(evolve, events, state)
