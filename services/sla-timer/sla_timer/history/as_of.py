"""Two times of a fact: when it happened, and since when it is known.

`at`: only what had happened by then counts, even if it became known later. An event that follows from a late fact
counts from when intake recorded that fact, not from when the clock heard of it. A retraction has the time of the breach
that it takes back, so a retracted breach is in no answer, whatever instant is asked about.

`known_at`: only what the clock's own log had by then counts. So a breach that was announced without confirmation is in
an answer as known before its retraction, and in none as known after it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from contracts.envelope import Fact
from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockEvent,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)

Dated = tuple[Fact, datetime]
"""A clock's fact, and when it happened."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The instants asked about: as of `at`, as known at `known_at`, both up to `now`. None: everything on record.

    This machine's clock may be behind another's: a fact on record counts even if its time seems to be in the future.
    """

    now: datetime
    at: datetime | None = None
    known_at: datetime | None = None

    def of(self, facts: Iterable[Fact]) -> tuple[list[Dated], datetime, datetime]:
        """The facts that count, the instant that the answer is about, and the instant up to which facts are known."""
        known = list(_dated(fact for fact in facts if self.known_at is None or fact.recorded_at <= self.known_at))
        known_at = self.known_at or max([self.now, *(fact.recorded_at for fact, _ in known)])
        if self.at is None:
            return known, max([self.known_at or self.now, *(happened for _, happened in known)]), known_at
        return [one for one in known if one[1] <= self.at], self.at, known_at


def _dated(facts: Iterable[Fact]) -> Iterator[Dated]:
    changed_at: datetime | None = None
    for fact in facts:
        event: ClockEvent = fact.event
        match event:
            case ClockAwaited(received_at=received_at):
                happened = received_at or fact.happened_at
            case ClockStarted(changed_at=then) | ClockUnowed(changed_at=then):
                # A clock that replaces another keeps its time of receipt, but it starts with the change.
                happened = then or event.received_at
            case ClockRescheduled(changed_at=then) | ClockCancelled(changed_at=then):
                happened = then or fact.happened_at
            case ClockPaused(paused_at=then) | ClockResumed(resumed_at=then):
                happened = then
            case SlaWarning(reached_at=reached_at):
                happened = reached_at
            case SlaMet(responded_at=responded_at) | AnsweredLate(responded_at=responded_at):
                happened = responded_at
            case SlaBreached(breached_at=breached_at) | BreachRetracted(breached_at=breached_at):
                happened = breached_at
            case ObjectiveMissed(due_at=due_at):
                happened = max(due_at, changed_at) if changed_at else due_at
            case _:
                assert_never(event)
        if isinstance(event, ClockStarted | ClockRescheduled | ClockCancelled):
            changed_at = happened
        yield fact, happened
