"""The instant at which a wall clock shows a time.

A zone of the published policy is taken from there. Another zone, such as a person's, comes from the tzdata wheel; that
is safe, because the instant is recorded and never computed again.
"""

from datetime import UTC, datetime, timedelta

from hours.instants import instant, moment
from hours.zone import Zone
from hours.zones.names import zone_info

SECOND = timedelta(seconds=1)


def wall_of(local: str) -> datetime:
    """A date and time without a zone. Raises ValueError."""
    wall = datetime.fromisoformat(local)
    if wall.tzinfo:
        raise ValueError(f"{local!r} has a zone")
    return wall


def first_instant(wall: datetime, name: str, published: Zone | None) -> datetime:
    """The first instant at which the clock shows `wall` or, if it skips that time, the first after the gap.

    Raises LookupError or ValueError for an unknown zone, OverflowError outside the years 1 to 9999.
    """
    if published:
        return moment(published.first(instant(wall.replace(tzinfo=UTC))))
    zone = zone_info(name)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # In a gap: the clock was put forward between these two.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)
