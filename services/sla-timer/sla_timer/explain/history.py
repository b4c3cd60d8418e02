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
    ClockRescheduled,
    ClockStarted,
    Metric,
    SlaBreached,
    SlaMet,
    SlaWarning,
    Threshold,
)
from sla_timer.domain import INITIAL, evolve
from sla_timer.domain.state import Breached, Clock, Missed, Running, Situation, Superseded, Waiting
from sla_timer.explain.as_of import Dated


@dataclass(frozen=True, slots=True)
class Before:
    """A stretch before the clock that counts: information was missing, or a clock ran that is void."""

    since: datetime
    until: datetime
    why: Literal["waiting", "void"]


@dataclass(slots=True)
class History:
    """What the facts of a metric have come to. `clock`: the last one that counts, whether or not it still runs."""

    metric: Metric
    facts: Sequence[Dated] = ()
    state: Situation = INITIAL
    clock: Clock | None = None
    awaited: ClockAwaited | None = None
    promised: ClockStarted | ClockRescheduled | None = None
    waiting_since: datetime | None = None
    before: list[Before] = field(default_factory=list)
    given: list[Threshold] = field(default_factory=list)
    breach: SlaBreached | None = None
    retracted: BreachRetracted | None = None
    answer: SlaMet | AnsweredLate | None = None
    cancelled: ClockCancelled | None = None
    ended_at: datetime | None = None


def metrics_of(facts: Sequence[Dated]) -> list[Metric]:
    """The metrics that these facts tell of, in the order in which they turn up."""
    return list(dict.fromkeys(fact.event.metric for fact, _ in facts))


def read(facts: Sequence[Dated], metric: Metric) -> History:
    """Read them through. In one stream a metric may take another's place: what follows its last fact isn't its own."""
    last = max((n for n, (fact, _) in enumerate(facts) if fact.event.metric == metric), default=-1)
    told = History(metric, facts[: last + 1])
    for fact, at in told.facts:
        _add(told, fact.event, at)
    if isinstance(told.state, Waiting) and last + 1 < len(facts):
        # Its severity had changed before its information came, so what started then was another promise.
        told.ended_at = facts[last + 1][1]
    return told


def _add(told: History, event: object, at: datetime) -> None:
    before, told.state = told.state, evolve(told.state, event)  # type: ignore[arg-type]
    match event:
        case ClockAwaited():
            told.awaited, told.waiting_since = event, at
        case ClockStarted():
            if told.waiting_since:
                told.before.append(Before(told.waiting_since, at, "waiting"))
                told.waiting_since = None
            told.promised, told.given, told.cancelled, told.ended_at = event, [], None, None
        case ClockRescheduled():
            told.promised = event
        case ClockCancelled(cause="incomplete"):
            if told.clock:
                told.before.append(Before(told.clock.received_at, at, "void"))
            told.clock, told.waiting_since = None, at
        case ClockCancelled():
            told.cancelled, told.ended_at = event, at
        case SlaWarning(percent=percent, reached_at=reached_at):
            told.given.append(Threshold(percent=percent, at=reached_at))
        case SlaBreached():
            told.breach, told.retracted = event, None
        case BreachRetracted():
            told.breach, told.retracted = None, event
        case SlaMet() | AnsweredLate():
            told.answer, told.ended_at = event, at
            if isinstance(before, Waiting) and told.waiting_since:
                told.before.append(Before(told.waiting_since, at, "waiting"))
                told.waiting_since = None
        case _:
            pass
    match told.state:
        case Running(clock) | Missed(clock) | Breached(clock) | Superseded(clock):
            told.clock = clock
        case _:
            pass
