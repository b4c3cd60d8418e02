"""Changing the segments of a clock's timeline. Each segment is counted by a calendar, or paused."""

from datetime import datetime, timedelta

from contracts.replacing import replace
from sla_timer.domain.state import Clock, Segment


def is_paused(clock: Clock) -> bool:
    """Whether the clock is paused now."""
    return clock.segments[-1].paused


def running_from(clock: Clock, at: datetime) -> Clock:
    """The clock, running from an instant on; unchanged if it runs already."""
    last = clock.segments[-1]
    return with_segment(clock, at, replace(last, paused=False)) if last.paused else clock


def stopped_from(clock: Clock, at: datetime, consumed: timedelta) -> Clock:
    """The clock, paused from an instant on, with so much consumed by then."""
    return with_segment(clock, at, replace(clock.segments[-1], consumed=consumed, paused=True))


def with_segment(clock: Clock, at: datetime, segment: Segment) -> Clock:
    """The clock with another segment from an instant on. No segment begins before the start, and none is empty."""
    since = max(at, clock.started_at)
    kept = (each for each in clock.segments if clock.started_at <= each.since < since)
    return replace(clock, segments=(*kept, replace(segment, since=since)))


def with_earlier_start(clock: Clock, started_at: datetime, ahead: timedelta) -> Clock:
    """The clock with an earlier start: `ahead` of support time more, counted by the calendar of its first segment."""
    first, *others = clock.segments
    begun = replace(first, since=started_at, consumed=timedelta(0), paused=False)
    stood = [first] if first.paused else []
    shifted = (replace(segment, consumed=segment.consumed + ahead) for segment in (*stood, *others))
    return replace(clock, started_at=started_at, segments=(begun, *shifted))
