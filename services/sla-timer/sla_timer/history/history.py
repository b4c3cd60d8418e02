"""A clock's facts, folded: its state now, and what came before the present clock."""

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
    AwaitingInformation,
    Breached,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Situation,
    Unowed,
)
from sla_timer.history.as_of import Dated

Change = Literal["severity", "entitlement", "policy", "absorbed", "replaced"]


@dataclass(frozen=True, slots=True)
class Before:
    """A stretch before the present clock: information was missing, a clock became void, or the ticket was closed."""

    since: datetime
    until: datetime
    why: Literal["waiting", "void", "over"]


@dataclass(slots=True)
class History:
    """What the facts of a metric add up to. `clock`: the last clock that counts, whether or not it still runs.

    `round`: how often a reply or an update has been owed, each time from the beginning; `facts`: those of the last
    round. `given`: the warnings so far. `missed_at`: since when the objective counts as missed. `change`: the last
    change of the deadline. `completed_by`: the policy version that no longer required the missing information.
    `settled`: the starts of those pauses in which the ticket was settled until it was reopened.
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
    """The metrics of these facts, in the order of their first fact."""
    return list(dict.fromkeys(fact.event.metric for fact, _ in facts))


def read_history(facts: Sequence[Dated], metric: Metric) -> History:
    """Fold the facts of one metric, up to its last: in one stream another metric may have replaced it."""
    last = max((n for n, (fact, _) in enumerate(facts) if fact.event.metric == metric), default=-1)
    own = facts[: last + 1]
    history = History(metric, own)
    for n, (fact, at) in enumerate(own):
        before, after = history.state, evolve(history.state, fact.event)
        if isinstance(fact.event, ClockStarted | ClockUnowed) and isinstance(before, Met | Cancelled | Breached):
            history = History(metric, own[n:], round=history.round + 1)
        history.state = after
        _add(history, fact.event, at, before)
        if isinstance(after, Running | Paused | Missed | Breached | Unowed):
            history.clock = after.clock
    if isinstance(history.state, AwaitingInformation) and last + 1 < len(facts):
        # The severity changed before the information came, so another promise started instead.
        history.ended_at = facts[last + 1][1]
    return history


def _add(history: History, event: ClockEvent, at: datetime, before: Situation) -> None:
    match event:
        case ClockAwaited():
            _reopened(history, at)
            history.awaited, history.waiting_since = event, at
        case ClockStarted() | ClockUnowed():
            _informed(history, at)
            history.given, history.cancelled, history.ended_at, history.missed_at = [], None, None, None
            history.change = "replaced" if event.changed_at else None
            if not event.changed_at:
                history.completed_by = event.completed_by
        case ClockRescheduled(cause=cause):
            history.change = cause
        case ClockCancelled(cause="incomplete"):
            if history.clock:
                history.before.append(Before(history.clock.received_at, at, "void"))
            history.clock, history.waiting_since, history.cancelled, history.ended_at = None, at, None, None
        case ClockCancelled():
            history.cancelled, history.ended_at = event, at
        case ClockResumed(cause="reopened"):
            if history.ended_at:
                history.settled.add(history.ended_at)
            history.answer, history.cancelled, history.ended_at = None, None, None
        case SlaWarning(percent=percent, reached_at=reached_at):
            history.given.append(Threshold(percent=percent, at=reached_at))
        case SlaBreached():
            history.breach, history.retracted = event, None
        case BreachRetracted():
            history.breach, history.retracted, history.missed_at = None, event, None
        case ObjectiveMissed():
            history.missed_at = at
        case SlaMet() | AnsweredLate():
            if isinstance(event, SlaMet):
                history.missed_at = None
            history.answer, history.ended_at = event, at
            if isinstance(before, AwaitingInformation):
                _informed(history, at)
        case _:
            pass
    if isinstance(event, ClockStarted | ClockRescheduled | ClockUnowed):
        history.promised = event
    if isinstance(event, ClockStarted | ClockRescheduled | ClockResumed):
        history.known_until = event.known_until


def _reopened(history: History, at: datetime) -> None:
    """A ticket that was closed while information was missing awaits it again."""
    if history.waiting_since and history.ended_at:
        history.before += [
            Before(history.waiting_since, history.ended_at, "waiting"),
            Before(history.ended_at, at, "over"),
        ]
        history.cancelled, history.ended_at = None, None


def _informed(history: History, at: datetime) -> None:
    """The missing information has come."""
    if history.waiting_since:
        history.before.append(Before(history.waiting_since, at, "waiting"))
        history.waiting_since = None
