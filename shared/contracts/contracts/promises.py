"""Promises of a service other than sla-timer: its own stream holds the promise and judges it.

sla-timer says when a promise's alarm is set, rings or is cancelled. A promise is kept if that was recorded before the
deadline T, in whatever order the events arrive. A core has a Promise in its state, and does this with it:

    alarms(state)                       promise.alarms
    kept, cancelled, replaced            promise.end("kept"), promise.end("cancelled"), promise.replaced(alarm)
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
    """`due_at`: T. `at`: when it was kept or cancelled; if broken, T or the later change that put T into the past."""

    outcome: Literal["kept", "broken", "cancelled"]
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One deadline of a promise, from `since` until it is `ended`. `due_at`, `set_by`: of its alarm, from sla-timer.

    `since` and `ended_at` are None only within the transaction that records them.
    """

    alarm: Alarm
    since: datetime | None = None
    due_at: datetime | None = None
    set_by: UUID | None = None
    ended: Literal["kept", "cancelled", "replaced"] | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that has no verdict yet. Its last term is the one that holds."""

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, alarm: Alarm) -> "Promise":
        """A promise that is due when this alarm rings. The alarm's name must be the promise's own in its stream."""
        return cls((Term(alarm=alarm),))

    @property
    def alarms(self) -> Sequence[Alarm]:
        """The alarms that the stream wants for this promise."""
        return () if self.terms[-1].ended else (self.terms[-1].alarm,)

    def end(self, how: Literal["kept", "cancelled"]) -> "Promise":
        """The promise was kept or cancelled; only the first of these counts."""
        return self if self.terms[-1].ended else self._with(-1, ended=how)

    def replaced(self, alarm: Alarm) -> "Promise":
        """Another deadline is promised instead."""
        if self.terms[-1].ended or self.terms[-1].alarm == alarm:
            return self
        return Promise((*self._with(-1, ended="replaced").terms, Term(alarm=alarm)))

    def recorded(self, at: datetime) -> "Promise":
        """The latest changes were recorded at that instant."""
        dated = (
            replace(term, since=term.since or at, ended_at=(term.ended_at or at) if term.ended else None)
            for term in self.terms
        )
        return Promise(tuple(dated))

    def term_of(self, event: AlarmSet) -> int | None:
        """The index of the term that this alarm was set for; None if there is none, or if it is known already."""
        if event.set_by in {term.set_by for term in self.terms}:
            return None
        unset = (n for n, term in enumerate(self.terms) if term.set_by is None and term.alarm == alarm_asked_for(event))
        return next(unset, None)

    def due(self, term: int, due_at: datetime, set_by: UUID) -> "Promise":
        """The alarm of this term, set by that event, will ring at `due_at`."""
        return self._with(term, due_at=due_at, set_by=set_by)

    def verdict(self, event: AlarmRang | AlarmCancelled) -> Verdict | None:
        """The verdict that follows; None if the event is about another promise, or if a later term holds now."""
        term = self._term_with(event)
        if term is None or term.due_at is None:
            return None
        # If `ended_at` is None, this transaction records it, which is later than the ring.
        if term.ended and term.ended_at and term.ended_at < term.due_at:
            in_time = None if term.ended == "replaced" else term.ended
            return in_time and Verdict(outcome=in_time, due_at=term.due_at, at=term.ended_at)
        if isinstance(event, AlarmCancelled):
            return None
        return Verdict(outcome="broken", due_at=term.due_at, at=max(term.due_at, term.since or term.due_at))

    def _term_with(self, event: AlarmRang | AlarmCancelled) -> Term | None:
        """The term of an alarm. Events of the previous release don't say which event had set it."""
        known = (term for term in reversed(self.terms) if term.set_by and term.alarm.name == event.alarm)
        return next((term for term in known if event.set_by in (None, term.set_by)), None)

    def _with(self, term: int, **changes: object) -> "Promise":
        terms = list(self.terms)
        terms[term] = replace(terms[term], **changes)  # type: ignore[arg-type]
        return Promise(tuple(terms))
