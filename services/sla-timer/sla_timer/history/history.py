"""A clock's facts, read through: what it stands at, and what came before the clock that runs now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockEvent,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    Metric,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
    Threshold,
)
from sla_timer.domain import INITIAL, evolve
from sla_timer.domain.state import (
    Breached,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Situation,
    Unowed,
    Waiting,
)
from sla_timer.history.as_of import Dated

Change = Literal["severity", "entitlement", "policy", "absorbed", "replaced"]


@dataclass(frozen=True, slots=True)
class Before:
    """A stretch before the clock that counts: information was missing, a clock ran that is void, or all was over."""

    since: datetime
    until: datetime
    why: Literal["waiting", "void", "over"]


@dataclass(slots=True)
class History:
    """What the facts of a metric have come to. `clock`: the last one that counts, whether or not it still runs.

    `round`: a reply or an update may be owed again and again, each time from the beginning; `facts` are those of the
    last time. `missed_at`: since when the objective counts as missed, `change`: the last one that gave the clock
    another deadline. `completed_by`: the version that required nothing of what was missing. `settled`: from when on a
    clock stood still because all was settled, until it was reopened.
    """

    metric: Metric
    facts: Sequence[Dated] = ()
    state: Situation = INITIAL
    clock: Clock | None = None
    awaited: ClockAwaited | None = None
    promised: ClockStarted | ClockRescheduled | ClockUnowed | None = None
    round: int = 1
    waiting_since: datetime | None = None
    before: list[Before] = field(default_factory=list)
    given: list[Threshold] = field(default_factory=list)
    breach: SlaBreached | None = None
    retracted: BreachRetracted | None = None
    missed_at: datetime | None = None
    change: Change | None = None
    answer: SlaMet | AnsweredLate | None = None
    cancelled: ClockCancelled | None = None
    ended_at: datetime | None = None
    known_until: str | None = None
    completed_by: str | None = None
    settled: set[datetime] = field(default_factory=set)


def metrics_of(facts: Sequence[Dated]) -> list[Metric]:
    """The metrics that these facts tell of, in the order in which they turn up."""
    return list(dict.fromkeys(fact.event.metric for fact, _ in facts))


def read(facts: Sequence[Dated], metric: Metric) -> History:
    """Read them through. In one stream a metric may take another's place: what follows its last fact isn't its own."""
    last = max((n for n, (fact, _) in enumerate(facts) if fact.event.metric == metric), default=-1)
    own = facts[: last + 1]
    told = History(metric, own)
    for n, (fact, at) in enumerate(own):
        before, after = told.state, evolve(told.state, fact.event)
        if isinstance(fact.event, ClockStarted | ClockUnowed) and isinstance(before, Met | Cancelled | Breached):
            told = History(metric, own[n:], round=told.round + 1)
        told.state = after
        _add(told, fact.event, at, before)
        if isinstance(after, Running | Paused | Missed | Breached | Unowed):
            told.clock = after.clock
    if isinstance(told.state, Waiting) and last + 1 < len(facts):
        # Its severity had changed before its information came, so what started then was another promise.
        told.ended_at = facts[last + 1][1]
    return told


def _add(told: History, event: ClockEvent, at: datetime, before: Situation) -> None:
    match event:
        case ClockAwaited():
            _reopened(told, at)
            told.awaited, told.waiting_since = event, at
        case ClockStarted() | ClockUnowed():
            _informed(told, at)
            told.given, told.cancelled, told.ended_at, told.missed_at = [], None, None, None
            told.change = "replaced" if event.changed_at else None
            if not event.changed_at:
                told.completed_by = event.completed_by
        case ClockRescheduled(cause=cause):
            told.change = cause
        case ClockCancelled(cause="incomplete"):
            if told.clock:
                told.before.append(Before(told.clock.received_at, at, "void"))
            told.clock, told.waiting_since, told.cancelled, told.ended_at = None, at, None, None
        case ClockCancelled():
            told.cancelled, told.ended_at = event, at
        case ClockResumed(cause="reopened"):
            if told.ended_at:
                told.settled.add(told.ended_at)
            told.answer, told.cancelled, told.ended_at = None, None, None
        case SlaWarning(percent=percent, reached_at=reached_at):
            told.given.append(Threshold(percent=percent, at=reached_at))
        case SlaBreached():
            told.breach, told.retracted = event, None
        case BreachRetracted():
            told.breach, told.retracted, told.missed_at = None, event, None
        case ObjectiveMissed():
            told.missed_at = at
        case SlaMet() | AnsweredLate():
            if isinstance(event, SlaMet):
                told.missed_at = None
            told.answer, told.ended_at = event, at
            if isinstance(before, Waiting):
                _informed(told, at)
        case _:
            pass
    if isinstance(event, ClockStarted | ClockRescheduled | ClockUnowed):
        told.promised = event
    if isinstance(event, ClockStarted | ClockRescheduled | ClockResumed):
        told.known_until = event.known_until


def _reopened(told: History, at: datetime) -> None:
    """What was closed while information was missing, waits for it again."""
    if told.waiting_since and told.ended_at:
        told.before += [Before(told.waiting_since, told.ended_at, "waiting"), Before(told.ended_at, at, "over")]
        told.cancelled, told.ended_at = None, None


def _informed(told: History, at: datetime) -> None:
    """What was waited for is there."""
    if told.waiting_since:
        told.before.append(Before(told.waiting_since, at, "waiting"))
        told.waiting_since = None
