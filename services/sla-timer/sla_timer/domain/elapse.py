"""What time alone brings about. The same whether the timer rings or a fact arrives: both come through here."""

from datetime import datetime
from typing import NamedTuple

from sla_timer.domain.alarm import alarms_due
from sla_timer.domain.clock.apply import generation_of
from sla_timer.domain.clock.elapse import verdict_due, warnings_due
from sla_timer.domain.commands import Evidence, Ring
from sla_timer.domain.events import AlarmRang, AlarmSet, ObjectiveMissed, SlaBreached, SlaEvent, SlaWarning
from sla_timer.domain.state import Running, Situation, StreamAlarms

ALARM = "alarm-"
"""How the kind of an alarm's timer begins, before its name."""
OLD_ALARM = "alarm"
"""When streams waited for one alarm at a time, its timer had no name, and its event named no owner."""


class Due(NamedTuple):
    """A timer: `kind` is unique in its stream, a later `generation` replaces an earlier one.

    An `alarm` rings on the wall clock. Warnings and deadlines ring at the settled edge, when every fact before them
    has been seen, so that the log doesn't depend on who came first.
    """

    kind: str
    due_at: datetime
    generation: int


def timers(state: Situation) -> tuple[Due, ...]:
    """What is to ring for a stream in this situation."""
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
    """Everything due at or before `until`, in order."""
    match state:
        case Running(clock):
            return [*warnings_due(clock, until), *verdict_due(clock, until, evidence)]
        case StreamAlarms():
            return alarms_due(state, until)
        case _:
            return []


def on_ring(state: Situation, ring: Ring) -> list[SlaEvent]:
    """What a timer brings about: all that is due by then, but for warnings once the deadline has overtaken them."""
    match state:
        case Running(clock) if clock.due_at <= (ring.until or ring.at):
            return verdict_due(clock, ring.at, ring.evidence)
        case _:
            return elapse(state, ring.at, ring.evidence)


def identify(event: SlaEvent, state: Situation) -> str | None:
    """A name, unique in the stream, for an event that time brings about; `state`: the situation just before it."""
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
