"""Two times of a fact: when it happened, and since when it is known.

`at`: only what had happened by then counts, whenever it became known. What a clock says of a fact that reached it late
counts from when intake had recorded that fact, not from when the clock heard of it; a retraction belongs to the breach
that it takes back, so that a breach which never was is in no answer, about whatever instant.

`known_at`: only what the clock's own log had by then counts. So a breach that was announced on the wall clock is in an
answer as known before its retraction, and in none as known after it.
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
    """What is asked: as of `at`, as it was known at `known_at`, both up to `now`. Without them, all that there is.

    Of several clocks on several machines one may be behind: what there is has happened, even if it seems to come.
    """

    now: datetime
    at: datetime | None = None
    known_at: datetime | None = None

    def of(self, facts: Iterable[Fact]) -> tuple[list[Dated], datetime, datetime]:
        """What of a stream counts, the instant that it is about, and the one up to which facts are known."""
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
                # One that takes another's place keeps that one's receipt, but happens with the change.
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
