"""How far a promise has run: its support time over the calendars it was counted by, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hours.calendar import Calendar
from sla_timer.domain.events import Threshold
from sla_timer.domain.policies import Policies
from sla_timer.domain.promise import Promise
from sla_timer.domain.state import Clock, Leg

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A clock's legs, the first from its start on, with the policies that know their calendars."""

    legs: Sequence[Leg]
    policies: Policies

    @classmethod
    def of(cls, clock: Clock, policies: Policies) -> "Course":
        """A clock's. `policies`: those it was counted by among them."""
        return cls(legs=clock.course, policies=policies)

    def consumed(self, at: datetime) -> timedelta:
        """The support time used up at an instant; none before the start."""
        leg = next((leg for leg in reversed(self.legs) if leg.since <= at), None)
        if leg is None:
            return ZERO
        return leg.consumed if leg.paused else leg.consumed + self._calendar(leg).between(leg.since, at)

    def reaches(self, support_time: timedelta) -> datetime:
        """When so much support time (more than none) is used up, whether past or to come. The last leg runs."""
        leg = next(leg for leg in reversed(self.legs) if leg.consumed < support_time and not leg.paused)
        return self._calendar(leg).after(leg.since, support_time - leg.consumed)

    def elapsed(self, promise: Promise, at: datetime) -> timedelta:
        """What of a promise is used up at an instant, as it counts."""
        return self.consumed(at) if promise.counts == "support" else self._passed(at)

    def due(self, promise: Promise) -> datetime:
        """The deadline of a promise."""
        return self._when(promise, promise.target)

    def warnings(self, promise: Promise, later_than: datetime) -> tuple[Threshold, ...]:
        """The warnings of a promise that are still to come."""
        reached = [(percent, self._when(promise, promise.target * percent // 100)) for percent in promise.warnings]
        return tuple(Threshold(percent=percent, at=at) for percent, at in reached if at > later_than)

    def known_until(self, due_at: datetime) -> str | None:
        """The last date that the calendar knows, if the deadline lies beyond it."""
        calendar = self._calendar(self.legs[-1])
        return str(calendar.known_until) if calendar.outruns(due_at) else None

    def _when(self, promise: Promise, part: timedelta) -> datetime:
        return self.reaches(part) if promise.counts == "support" else self._passes(part)

    def _passed(self, at: datetime) -> timedelta:
        """Elapsed time, whether open or not, that was not paused."""
        ends = (*(leg.since for leg in self.legs[1:]), at)
        stretches = zip(self.legs, ends, strict=True)
        return sum((max(min(end, at) - leg.since, ZERO) for leg, end in stretches if not leg.paused), ZERO)

    def _passes(self, span: timedelta) -> datetime:
        for leg, following in pairwise(self.legs):
            length = ZERO if leg.paused else following.since - leg.since
            if length >= span:
                return leg.since + span
            span -= length
        return self.legs[-1].since + span

    def _calendar(self, leg: Leg) -> Calendar:
        return self.policies[leg.policy].calendar(leg.calendar)
