"""The effects of stored events within the service: facts, read-model rows and timers. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.envelope import Fact, Recorded
from contracts.replacing import replace
from kit.decider import Decider, Project, Put
from kit.log.drafting import Decided
from kit.store.values import Appended, Timer


def facts_of(topic: str, one: Decided, stored: Appended) -> tuple[Fact, ...]:
    """The events as facts, in the clear."""
    meta = replace(one.request.meta, seen=stored.seen)
    return tuple(
        Recorded(
            topic=topic,
            shard=one.append.shard,
            shard_seq=stored.first_seq + n,
            stream=one.append.stream,
            version=one.append.expected + n + 1,
            event_id=new.event_id,
            command_id=one.append.command_id,
            recorded_at=stored.recorded_at,
            event=event,
            meta=new.within(meta),
        )
        for n, (event, new) in enumerate(zip(one.events, one.append.events, strict=True))
    )


AnswerFromEvent = Callable[[Fact], dict[str, Any]]
"""Makes the answer to a command from the first event that it led to: for retries after the log was restored."""


def no_answer(fact: Fact) -> dict[str, Any]:
    """For a service whose answers hold nothing but the stream's version."""
    return {}


def answers_of(facts: Sequence[Fact], answer_from_event: AnswerFromEvent) -> dict[UUID, bytes]:
    """By command, the answer for retries, made from its events: the stored answer was lost."""
    answers: dict[UUID, dict[str, Any]] = {}
    for fact in facts:
        if fact.command_id not in answers:
            answers[fact.command_id] = answer_from_event(fact)
        answers[fact.command_id]["version"] = fact.version
    return {command: msgspec.json.encode(said) for command, said in answers.items()}


def rows_of(project: Project, one: Decided, facts: Iterable[Fact]) -> Iterable[Put]:
    """What the facts change in the read models."""
    before = one.before
    for fact, after in zip(facts, one.states, strict=True):
        yield from project(fact, before, after)
        before = after


def timers_of(decider: Decider, one: Decided) -> tuple[list[Timer], list[Timer]]:
    """The timers that the stream no longer asks for, and the new ones, each with the event that set it."""
    if not one.events:
        return [], []
    gone, new = retimed(decider, one.append.shard, one.append.stream, one.before, one.states[-1])
    setters = [(event.event_id, one.request.meta.traceparent) for event in one.append.events]
    return gone, with_setters(decider, new, one.states, setters)


def retimed(decider: Decider, shard: int, stream: str, before: Any, after: Any) -> tuple[list[Timer], list[Timer]]:
    """The timers that state `before` asks for and `after` doesn't, and the reverse."""
    old, new = _timers_of(decider, shard, stream, before), _timers_of(decider, shard, stream, after)
    return [old[key] for key in old.keys() - new.keys()], [new[key] for key in new if key not in old]


def with_setters(
    decider: Decider, new: Sequence[Timer], states: Sequence[Any], events: Sequence[tuple[UUID, str | None]]
) -> list[Timer]:
    """New timers, each with the event that set it. `events`: their ids and traces; `states`: the state after each."""
    return [_set(timer, *events[_set_at(decider, states, timer)]) for timer in new]


def _set(timer: Timer, set_by: UUID, traceparent: str | None) -> Timer:
    """The timer, set by that event."""
    return Timer(timer.shard, timer.stream, timer.kind, timer.generation, timer.due_at, set_by, traceparent)


def _set_at(decider: Decider, states: Sequence[Any], timer: Timer) -> int:
    """The index of the first state from which on all states ask for the timer."""
    place = len(states) - 1
    while place and (timer.kind, timer.generation) in _timers_of(decider, timer.shard, timer.stream, states[place - 1]):
        place -= 1
    return place


def exhausts(decider: Decider, one: Decided, last: Timer) -> bool:
    """Whether ringing `last` removes exactly the timers of its stream that are due by then.

    Not if the timer is stale: its stream may ask for another one by now, which is due earlier.
    """
    before = _timers(decider, one, one.before)
    after = _timers(decider, one, one.states[-1]) if one.events else before
    others = [to for key, to in before.items() if key not in after and to.due_at > last.due_at]
    return not others and after.keys() <= before.keys() and all(to.due_at > last.due_at for to in after.values())


def next_due(decider: Decider, one: Decided) -> datetime | None:
    """When the earliest timer is due for which the stream asks afterwards; None: it asks for none."""
    after = _timers(decider, one, one.states[-1] if one.events else one.before)
    return min((to.due_at for to in after.values()), default=None)


def _timers(decider: Decider, one: Decided, state: Any) -> dict[tuple[str, int], Timer]:
    return _timers_of(decider, one.append.shard, one.append.stream, state)


def _timers_of(decider: Decider, shard: int, stream: str, state: Any) -> dict[tuple[str, int], Timer]:
    wanted = getattr(decider, "timers", None)
    if wanted is None:
        return {}
    return {(to.kind, to.generation): Timer(shard, stream, to.kind, to.generation, to.due_at) for to in wanted(state)}


@dataclass(slots=True)
class Retimed:
    """The timers to remove and to set after several commands: per stream and kind, the last one counts.

    `absent`: (stream, kind, generation) of timers that are removed already.
    """

    absent: frozenset[tuple[str, str, int]] = frozenset()
    gone: list[Timer] = field(default_factory=list)
    new: dict[tuple[str, str], Timer] = field(default_factory=dict)

    def then(self, removed: Iterable[Timer], added: Iterable[Timer]) -> None:
        """Add the next command's changes. A timer that an earlier one of them set was never stored: just drop it."""
        for timer in removed:
            new = self.new.get((timer.stream, timer.kind))
            if new and new.generation == timer.generation:
                del self.new[timer.stream, timer.kind]
            elif (timer.stream, timer.kind, timer.generation) not in self.absent:
                self.gone.append(timer)
        for timer in added:
            self.new[timer.stream, timer.kind] = timer
