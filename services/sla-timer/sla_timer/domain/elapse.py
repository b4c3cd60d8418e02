"""The events that time alone causes. Timers that ring and facts that arrive both come here, with the same result."""

from datetime import datetime
from typing import NamedTuple

from sla_timer.domain.alarm import alarms_due
from sla_timer.domain.clock.apply import generation_of
from sla_timer.domain.clock.elapse import verdict_due, warnings_due
from sla_timer.domain.commands import Evidence, Ring
from sla_timer.domain.events import AlarmRang, AlarmSet, ObjectiveMissed, SlaBreached, SlaEvent, SlaWarning
from sla_timer.domain.state import Running, Situation, StreamAlarms

ALARM = "alarm-"
"""Prefix of the kind of an alarm's timer; the alarm's name follows."""
OLD_ALARM = "alarm"
"""The kind of an old alarm's timer: a stream had one alarm at a time then, and its event named no owner."""


class Due(NamedTuple):
    """A timer: `kind` is unique in its stream, a later `generation` replaces an earlier one.

    An `alarm` rings as soon as it is due. Warnings and deadlines ring at the settled edge, when every fact before them
    has been seen, so that the log doesn't depend on who came first.
    """

    kind: str
    due_at: datetime
    generation: int


def timers(state: Situation) -> tuple[Due, ...]:
    """The timers to be set for a stream in this state."""
    match state:
        case Running(clock):
            warnings = (Due(f"warning-{to.percent}", to.at, clock.generation) for to in clock.warnings)
            last = "objective" if clock.metric == "objective" else "deadline"
            return (*warnings, Due(last, clock.due_at, clock.generation))
        case StreamAlarms(pending):
            return tuple(Due(_kind(one.alarm), one.alarm.due_at, one.generation) for one in pending.values())
        case _:
            return ()


def _kind(alarm: AlarmSet) -> str:
    return OLD_ALARM if alarm.owner is None else f"{ALARM}{alarm.alarm}"


def elapse(state: Situation, until: datetime, evidence: Evidence = "settled") -> list[SlaEvent]:
    """The events due at or before `until`, in order."""
    match state:
        case Running(clock):
            return [*warnings_due(clock, until), *verdict_due(clock, until, evidence)]
        case StreamAlarms():
            return alarms_due(state, until)
        case _:
            return []


def on_ring(state: Situation, ring: Ring) -> list[SlaEvent]:
    """The events of a timer's ring: all that is due by then, but no warnings once the deadline has passed, too."""
    match state:
        case Running(clock) if clock.due_at <= (ring.until or ring.at):
            return verdict_due(clock, ring.at, ring.evidence)
        case _:
            return elapse(state, ring.at, ring.evidence)


def identify(event: SlaEvent, state: Situation) -> str | None:
    """A name, unique in the stream, for an event that time caused; None for others. `state`: just before the event."""
    match event:
        case SlaWarning(percent=percent):
            kind = f"warning-{percent}"
        case SlaBreached():
            kind = "deadline"
        case ObjectiveMissed():
            kind = "objective"
        case AlarmRang(alarm=name) if isinstance(state, StreamAlarms):
            return f"alarm:{state.pending[name].generation}"
        case _:
            return None
    return f"{kind}:{generation_of(state)}"
