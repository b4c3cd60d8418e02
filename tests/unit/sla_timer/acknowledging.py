"""A core outside sla-timer with a promise: feedback is acknowledged within two working days (P17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.alarms import Alarm
from contracts.promises import Promise, Verdict
from contracts.replacing import replace
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet


@dataclass(frozen=True)
class Receive:
    """Feedback has come: an acknowledgement is due when this rings."""

    alarm: Alarm


@dataclass(frozen=True)
class Acknowledge:
    """Somebody answers."""


@dataclass(frozen=True)
class Withdraw:
    """The writer takes it back."""


@dataclass(frozen=True)
class Correct:
    """It had come at another time: another instant is promised."""

    alarm: Alarm


@dataclass(frozen=True)
class Hear:
    """What sla-timer says of our alarm."""

    event: AlarmSet | AlarmRang | AlarmCancelled


@dataclass(frozen=True)
class Received:
    alarm: Alarm


@dataclass(frozen=True)
class Acknowledged:
    pass


@dataclass(frozen=True)
class Withdrawn:
    pass


@dataclass(frozen=True)
class Corrected:
    alarm: Alarm


@dataclass(frozen=True)
class Scheduled:
    """When the acknowledgement is due: the letter names it."""

    term: int
    due_at: datetime
    set_by: UUID


@dataclass(frozen=True)
class Judged:
    verdict: Verdict


@dataclass(frozen=True)
class Feedback:
    promise: Promise | None = None
    verdict: Verdict | None = None


INITIAL: Feedback | None = None


def decide(command: Any, state: Feedback | None, /) -> list[Any]:
    match command, state:
        case Receive(alarm), None:
            return [Received(alarm)]
        case Acknowledge(), Feedback(promise=Promise(terms)) if not terms[-1].ended:
            return [Acknowledged()]
        case Withdraw(), Feedback(promise=Promise(terms)) if not terms[-1].ended:
            return [Withdrawn()]
        case Correct(alarm), Feedback(promise=Promise(terms)) if not terms[-1].ended and terms[-1].alarm != alarm:
            return [Corrected(alarm)]
        case Hear(AlarmSet(due_at=due_at, set_by=UUID() as set_by) as event), Feedback(promise=Promise() as promise):
            term = promise.term_of(event)
            return [] if term is None else [Scheduled(term, due_at, set_by)]
        case Hear(AlarmRang() | AlarmCancelled() as event), Feedback(promise=Promise() as promise):
            verdict = promise.verdict(event)
            return [Judged(verdict)] if verdict else []
        case _:
            return []


def evolve(state: Feedback | None, event: Any, /) -> Feedback:
    if state is None:
        return Feedback(Promise.of(event.alarm))
    promise = state.promise
    assert promise
    match event:
        case Acknowledged():
            return replace(state, promise=promise.end("kept"))
        case Withdrawn():
            return replace(state, promise=promise.end("cancelled"))
        case Corrected(alarm):
            return replace(state, promise=promise.replaced(alarm))
        case Scheduled(term, due_at, set_by):
            return replace(state, promise=promise.due(term, due_at, set_by))
        case _:
            return Feedback(verdict=event.verdict)


def dated(state: Feedback, at: datetime, /) -> Feedback:
    return replace(state, promise=state.promise.recorded(at)) if state.promise else state


def alarms(state: Feedback | None, /) -> Sequence[Alarm]:
    return state.promise.alarms if state and state.promise else ()
