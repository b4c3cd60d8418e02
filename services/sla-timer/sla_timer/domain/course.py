"""How far a promise has run: its support time over the calendars it was counted by, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_timer.domain.calendar import Calendar
from sla_timer.domain.events import Threshold
from sla_timer.domain.policies import Policies
from sla_timer.domain.policy import Promise
from sla_timer.domain.state import Leg

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A clock's start and its legs, with the policies that know their calendars."""

    started_at: datetime
    legs: Sequence[Leg]
    policies: Policies

    def consumed(self, at: datetime) -> timedelta:
        """The support time used up at an instant; none before the start."""
        leg = next((leg for leg in reversed(self.legs) if leg.since <= at), None)
        return leg.consumed + self._calendar(leg).between(leg.since, at) if leg else ZERO

    def reaches(self, support_time: timedelta) -> datetime:
        """When so much support time (more than none) is used up, whether past or to come."""
        leg = next(leg for leg in reversed(self.legs) if leg.consumed < support_time)
        return self._calendar(leg).after(leg.since, support_time - leg.consumed)

    def elapsed(self, promise: Promise, at: datetime) -> timedelta:
        """What of a promise is used up at an instant, as it counts."""
        return self.consumed(at) if promise.counts == "support" else max(at - self.started_at, ZERO)

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
        return self.reaches(part) if promise.counts == "support" else self.started_at + part

    def _calendar(self, leg: Leg) -> Calendar:
        return self.policies[leg.policy].calendar(leg.calendar)
