"""Alarms of old events, whose envelopes didn't have them: derived from the event's own fields."""

from typing import Any

from contracts.alarms import ALL_ALARMS, Alarm, Alarms
from contracts.base import BY_CLASS
from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from contracts.sla import AlarmRang, AlarmSet

DERIVED = frozenset(BY_CLASS[cls].name for cls in (EscalationRaised, EscalationAcknowledged, EscalationResolved))
"""The event types, as on the wire, for which `alarms_of` can return something."""


def alarms_of(event: Any) -> Alarms | None:
    """What an event without alarms in its envelope changes of its stream's alarms."""
    match event:
        case EscalationRaised(next_at=None, next_in=None):
            return None
        case EscalationRaised(escalation=name, rung=rung, next_at=at, next_in=after):
            return Alarms(set=(Alarm(name=f"escalation-{name}-{rung + 1}", at=at, after=None if at else after),))
        case EscalationAcknowledged() | EscalationResolved():
            return Alarms(cancelled=(ALL_ALARMS,))
        case _:
            return None


def owner_of(event: AlarmSet | AlarmRang) -> str | None:
    """The stream that set an alarm; for old ones it follows from the name, `escalation-<escalation>-<rung>`."""
    if event.owner:
        return event.owner
    name, _, rung = event.alarm.rpartition("-")
    if not name.startswith("escalation-") or not name.removeprefix("escalation-") or not rung.isdecimal():
        return None
    return f"escalation-{event.ticket_id}-{name.removeprefix('escalation-')}"
