"""The stretches of a clock's course, one after the other: counted by a calendar, or standing still."""

from datetime import datetime, timedelta

from contracts.replacing import replace
from sla_timer.domain.state import Clock, Leg


def waits(clock: Clock) -> bool:
    """Whether the ticket waits for its requester, as far as this clock was told."""
    return clock.course[-1].paused


def going_on(clock: Clock, at: datetime) -> Clock:
    """The clock if it runs from an instant on; one that runs already is the same."""
    last = clock.course[-1]
    return with_leg(clock, at, replace(last, paused=False)) if last.paused else clock


def standing_still(clock: Clock, at: datetime, consumed: timedelta) -> Clock:
    """The clock if it stands still from an instant on, by when so much was consumed."""
    return with_leg(clock, at, replace(clock.course[-1], consumed=consumed, paused=True))


def with_leg(clock: Clock, at: datetime, leg: Leg) -> Clock:
    """The clock with another leg from an instant on. None lies before the start, and none is empty."""
    since = max(at, clock.started_at)
    kept = (each for each in clock.course if clock.started_at <= each.since < since)
    return replace(clock, course=(*kept, replace(leg, since=since)))


def begun_earlier(clock: Clock, started_at: datetime, ahead: timedelta) -> Clock:
    """The clock if it had begun by the hours that it began with, but earlier, by so much support time."""
    first, *others = clock.course
    begun = replace(first, since=started_at, consumed=timedelta(0), paused=False)
    stood = [first] if first.paused else []
    shifted = (replace(leg, consumed=leg.consumed + ahead) for leg in (*stood, *others))
    return replace(clock, started_at=started_at, course=(begun, *shifted))
