"""Promises that are judged by the stream which holds both the promise and its keeping: kept, broken or cancelled.

sla-timer says for when a promise's alarm is set, that it has rung, or that it was cancelled. Whichever of keeping, ring
and cancellation comes to be processed first, what counts is when the keeping was recorded: before T, or not. A core
has a Promise in its state, and a fact of its own for each of these:

    alarms(state)                       promise.alarms
    it is kept, cancelled, put anew     promise.end("kept"), promise.end("cancelled"), promise.anew(alarm)
    AlarmSet                            term = promise.term_of(event), if not None: promise.due(term, due_at, set_by)
    AlarmRang, AlarmCancelled           verdict = promise.verdict(event), if not None: the promise is over
    dated(state, at)                    promise.recorded(at), see kit.decider
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.alarms import Alarm, alarm_asked_for
from contracts.replacing import replace
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`due_at`: T. `at`: when it was kept or cancelled; of a broken one T, or when a change put T into the past."""

    outcome: Literal["kept", "broken", "cancelled"]
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What holds of a promise from `since` until it is `ended`. `due_at`, `set_by`: what sla-timer says of its alarm.

    `since` and `ended_at` are None only within the transaction that records them.
    """

    alarm: Alarm
    since: datetime | None = None
    due_at: datetime | None = None
    set_by: UUID | None = None
    ended: Literal["kept", "cancelled", "put anew"] | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise until its verdict; the last of its terms holds."""

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, alarm: Alarm) -> "Promise":
        """One that is due when this alarm rings. The name of the alarm is that promise's in its stream."""
        return cls((Term(alarm=alarm),))

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What its stream waits for because of it."""
        return () if self.terms[-1].ended else (self.terms[-1].alarm,)

    def end(self, how: Literal["kept", "cancelled"]) -> "Promise":
        """It was kept or cancelled: what came first counts."""
        return self if self.terms[-1].ended else self._with(-1, ended=how)

    def anew(self, alarm: Alarm) -> "Promise":
        """Another instant is promised in its place."""
        if self.terms[-1].ended or self.terms[-1].alarm == alarm:
            return self
        return Promise((*self._with(-1, ended="put anew").terms, Term(alarm=alarm)))

    def recorded(self, at: datetime) -> "Promise":
        """What was done last was recorded at that instant."""
        dated = (
            replace(term, since=term.since or at, ended_at=(term.ended_at or at) if term.ended else None)
            for term in self.terms
        )
        return Promise(tuple(dated))

    def term_of(self, event: AlarmSet) -> int | None:
        """Which of the terms this alarm was set for; None: for none, or that is known."""
        if event.set_by in {term.set_by for term in self.terms}:
            return None
        unset = (n for n, term in enumerate(self.terms) if term.set_by is None and term.alarm == alarm_asked_for(event))
        return next(unset, None)

    def due(self, term: int, due_at: datetime, set_by: UUID) -> "Promise":
        """The term's alarm, set by that event, rings then."""
        return self._with(term, due_at=due_at, set_by=set_by)

    def verdict(self, event: AlarmRang | AlarmCancelled) -> Verdict | None:
        """None: what is told is not of this promise, or it goes on otherwise."""
        term = self._told_of(event)
        if term is None or term.due_at is None:
            return None
        # What is not on record yet will not be before a ring that is told in the same transaction.
        if term.ended and term.ended_at and term.ended_at < term.due_at:
            in_time = None if term.ended == "put anew" else term.ended
            return in_time and Verdict(outcome=in_time, due_at=term.due_at, at=term.ended_at)
        if isinstance(event, AlarmCancelled):
            return None
        return Verdict(outcome="broken", due_at=term.due_at, at=max(term.due_at, term.since or term.due_at))

    def _told_of(self, event: AlarmRang | AlarmCancelled) -> Term | None:
        """The release before cancels alarms without saying which event had set them."""
        known = (term for term in reversed(self.terms) if term.set_by and term.alarm.name == event.alarm)
        return next((term for term in known if event.set_by in (None, term.set_by)), None)

    def _with(self, term: int, **changes: object) -> "Promise":
        terms = list(self.terms)
        terms[term] = replace(terms[term], **changes)  # type: ignore[arg-type]
        return Promise(tuple(terms))
