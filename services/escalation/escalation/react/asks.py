"""Which commands follow from the facts of other services. Imported history calls nobody."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.alarms import alarm_asked_for
from contracts.envelope import Fact
from contracts.names import category_of
from contracts.old_alarms import owner_of
from contracts.sla import AlarmRang, AlarmSet
from escalation.domain.commands import Climb, EscalationCommand, Schedule
from escalation.domain.ladder import SHIPPED, Ladders
from escalation.react import complaint as complaint
from escalation.react import ticket as ticket

Asked = list[tuple[str, EscalationCommand]]


def react(fact: Fact, ladders: Ladders = SHIPPED) -> Asked:
    """The commands that follow from a fact, each with its stream."""
    if fact.imported:
        return []
    asks = ASKS.get(type(fact.event))
    return asks(fact.event, fact.happened_at, ladders) if asks else []


def _climb(rang: AlarmRang, at: datetime, ladders: Ladders) -> Asked:
    owner = _ours(rang)
    return [(owner, Climb(alarm=alarm_asked_for(rang), set_by=rang.set_by, ladders=ladders))] if owner else []


def _schedule(event: AlarmSet, at: datetime, ladders: Ladders) -> Asked:
    """An alarm that was asked for in terms has an instant only now."""
    owner = _ours(event)
    if not owner or event.set_by is None or (event.later is None and event.delay is None):
        return []
    return [(owner, Schedule(alarm=alarm_asked_for(event), set_by=event.set_by, due_at=event.due_at))]


def _ours(event: AlarmSet | AlarmRang) -> str | None:
    """The stream of the escalation that asked for the alarm; None: another stream did."""
    owner = owner_of(event)
    return owner if owner and category_of(owner) == "escalation" else None


ASKS: dict[type[Any], Callable[[Any, datetime, Ladders], Asked]] = {
    **ticket.ASKS,
    **complaint.ASKS,
    AlarmSet: _schedule,
    AlarmRang: _climb,
}
