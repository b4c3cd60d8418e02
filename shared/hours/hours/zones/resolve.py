"""Zones and offsets as plain data for a policy, or compiled for the years 1 to 9999."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import takewhile

from contracts import policy
from hours.instants import EARLIEST, LATEST, SECOND, moment
from hours.zone import Zone
from hours.zones.names import check_zone
from hours.zones.rule import Rule
from hours.zones.tzif import ZoneFile


def offset_of(text: str) -> int:
    """An offset like `-05:00` in seconds."""
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 3600 + int(text[4:6]) * 60)


def resolve_offset(text: str) -> policy.Zone:
    """A fixed offset as it is published."""
    return policy.Zone(offset=offset_of(text), transitions=())


def resolve_zone(name: str, until: date) -> policy.Zone:
    """A zone as it is published: its offset in 1970, and every change of it through the date `until`.

    Raises ValueError for an unknown name.
    """
    end = int((datetime.combine(until, time(), UTC) + timedelta(days=2)).timestamp())
    file = ZoneFile.named(check_zone(name))
    offset, transitions = file.first, list[tuple[int, int]]()
    for at, to in takewhile(lambda change: change[0] < end, _changes(file)):
        if at > 0:
            transitions.append((at, to))
        else:
            offset = to
    return policy.Zone(offset=offset, transitions=tuple(transitions))


@cache
def zone_named(name: str) -> Zone:
    """A zone with every change of its offset in the years 1 to 9999. Raises ValueError for an unknown name."""
    file = ZoneFile.named(check_zone(name))
    return Zone.of(policy.Zone(offset=file.first, transitions=tuple(_changes(file))))


def zone_at(offset: str) -> Zone:
    """A fixed offset like `-05:00`, compiled."""
    return Zone((), (offset_of(offset) * SECOND,))


def _changes(file: ZoneFile) -> Iterator[tuple[int, int]]:
    """The changes of offset: first those listed in the file, then those by its rule."""
    yield from file.changes
    since = EARLIEST // SECOND if file.listed_until is None else file.listed_until
    offset = file.changes[-1][1] if file.changes else file.first
    for at, to in Rule.of(file.rule).changes(moment(since * SECOND).year):
        if at > LATEST // SECOND:
            break
        if at > since and offset != (offset := to):
            yield at, to
