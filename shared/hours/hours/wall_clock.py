"""The instant at which the clock on a wall says so.

The zone is the published policy's where that has it. Another one, a person's say, comes from the wheel: nobody counts
by it again, since the instant is recorded.
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
    """The first instant at which the clock says so or, where it skips that, the first one after the gap.

    Raises LookupError, ValueError for a zone that there is not, OverflowError at the ends of time.
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
