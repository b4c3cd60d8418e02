"""The alarms of events from before envelopes told them, as those events say; and whose an old ring is."""

from typing import Any

from contracts.alarms import EVERY, Alarm, Alarms
from contracts.base import BY_CLASS
from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from contracts.sla import AlarmRang, AlarmSet

DERIVED = frozenset(BY_CLASS[cls].name for cls in (EscalationRaised, EscalationAcknowledged, EscalationResolved))
"""The event types, as on the wire, of which `alarms_of` makes something."""


def alarms_of(event: Any) -> Alarms | None:
    """What an event changes of its stream's alarms, if its envelope says nothing of that."""
    match event:
        case EscalationRaised(next_at=None, next_in=None):
            return None
        case EscalationRaised(escalation=name, rung=rung, next_at=at, next_in=after):
            return Alarms(set=(Alarm(name=f"escalation-{name}-{rung + 1}", at=at, after=None if at else after),))
        case EscalationAcknowledged() | EscalationResolved():
            return Alarms(cancelled=(EVERY,))
        case _:
            return None


def owner_of(event: AlarmSet | AlarmRang) -> str | None:
    """The stream that waits for an alarm; of old ones it follows from the name, `escalation-<escalation>-<rung>`."""
    if event.owner:
        return event.owner
    name, _, rung = event.alarm.rpartition("-")
    if not name.startswith("escalation-") or not name.removeprefix("escalation-") or not rung.isdecimal():
        return None
    return f"escalation-{event.ticket_id}-{name.removeprefix('escalation-')}"
