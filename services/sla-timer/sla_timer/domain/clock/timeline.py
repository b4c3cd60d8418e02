"""How much of a promise's time is used up at an instant, and when: over a clock's segments, each with its calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hours.calendar import Calendar
from sla_timer.domain.events import Threshold
from sla_timer.domain.state import Clock, Segment
from sla_timer.policy.promise import Promise
from sla_timer.policy.versions import Policies

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A clock's segments, the first of which begins at its start, and the policies that have their calendars."""

    segments: Sequence[Segment]
    policies: Policies

    @classmethod
    def of(cls, clock: Clock, policies: Policies) -> "Timeline":
        """The timeline of a clock. `policies` must have the versions that its segments name."""
        return cls(segments=clock.segments, policies=policies)

    def consumed(self, at: datetime) -> timedelta:
        """The support time used up at an instant; zero before the start."""
        segment = next((segment for segment in reversed(self.segments) if segment.since <= at), None)
        if segment is None:
            return ZERO
        return (
            segment.consumed
            if segment.paused
            else segment.consumed + self._calendar(segment).between(segment.since, at)
        )

    def reaches(self, support_time: timedelta) -> datetime:
        """The instant at which so much support time (above zero) is used up. The last segment must run."""
        segment = next(
            segment for segment in reversed(self.segments) if segment.consumed < support_time and not segment.paused
        )
        return self._calendar(segment).after(segment.since, support_time - segment.consumed)

    def elapsed(self, promise: Promise, at: datetime) -> timedelta:
        """How much is used up at an instant, in what the promise counts: support hours or elapsed time."""
        return self.consumed(at) if promise.counts == "support" else self._passed(at)

    def due(self, promise: Promise) -> datetime:
        """The deadline of a promise."""
        return self._when(promise, promise.target)

    def warnings(self, promise: Promise, later_than: datetime) -> tuple[Threshold, ...]:
        """The warnings of a promise that come after an instant."""
        reached = [(percent, self._when(promise, promise.target * percent // 100)) for percent in promise.warnings]
        return tuple(Threshold(percent=percent, at=at) for percent, at in reached if at > later_than)

    def known_until(self, due_at: datetime) -> str | None:
        """The last date whose holidays the calendar knows, if the deadline lies beyond it; else None."""
        calendar = self._calendar(self.segments[-1])
        return str(calendar.known_until) if calendar.is_beyond_known(due_at) else None

    def _when(self, promise: Promise, part: timedelta) -> datetime:
        return self.reaches(part) if promise.counts == "support" else self._passes(part)

    def _passed(self, at: datetime) -> timedelta:
        """The elapsed time up to an instant, without pauses."""
        ends = (*(segment.since for segment in self.segments[1:]), at)
        stretches = zip(self.segments, ends, strict=True)
        return sum((max(min(end, at) - segment.since, ZERO) for segment, end in stretches if not segment.paused), ZERO)

    def _passes(self, span: timedelta) -> datetime:
        for segment, following in pairwise(self.segments):
            length = ZERO if segment.paused else following.since - segment.since
            if length >= span:
                return segment.since + span
            span -= length
        return self.segments[-1].since + span

    def _calendar(self, segment: Segment) -> Calendar:
        return self.policies[segment.policy].calendar(segment.calendar)
