"""Time zones and their offsets, from the pinned tzdata wheel only: the system's copy may be years apart from it."""

import re
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def check_zone(name: str) -> str:
    """The name, if the wheel knows it. Raises ValueError with the likely ones."""
    if name in zoneinfo.available_timezones():
        return name
    if fixed := re.fullmatch(r"(?:GMT|UTC)?\s*([+-−])(\d{1,2})(?::?(\d\d))?", name):
        sign, hours, minutes = fixed.groups(default="00")
        offset = f"{'+' if sign == '+' else '-'}{hours:0>2}:{minutes}"
        raise ValueError(f"unknown zone {name!r}; for a fixed offset write offset: {offset!r} instead of zone")
    likely = get_close_matches(name, zoneinfo.available_timezones(), n=3)
    hint = f"did you mean {' or '.join(likely)}?" if likely else "use an IANA name such as America/New_York"
    raise ValueError(f"unknown zone {name!r}; {hint}")


def offset_of(text: str) -> int:
    """The seconds of an offset like `-05:00`."""
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 3600 + int(text[4:6]) * 60)


def resolve_offset(text: str) -> dict[str, Any]:
    """A fixed offset in resolved form."""
    return {"offset": offset_of(text), "transitions": []}


def resolve_zone(name: str, until: date) -> dict[str, Any]:
    """A zone in resolved form: its offset in 1970, and every change of it through the date `until`."""
    end = datetime.combine(until, time(), UTC) + 2 * DAY
    zone = ZoneInfo(name)
    transitions = [[int(at.timestamp()), _offset(zone, at)] for at in _transitions(zone, end)]
    return {"offset": _offset(zone, SINCE), "transitions": transitions}


def _transitions(zone: ZoneInfo, end: datetime) -> Iterator[datetime]:
    """No zone has changed its offset twice within a day, so looking once a day finds every change."""
    at, offset = SINCE, _offset(zone, SINCE)
    while at < end:
        before, at = at, at + DAY
        if offset != (offset := _offset(zone, at)):
            yield _first_with(zone, offset, before, at)


def _first_with(zone: ZoneInfo, offset: int, before: datetime, at: datetime) -> datetime:
    while at - before > SECOND:
        middle = before + (at - before) // SECOND // 2 * SECOND
        before, at = (before, middle) if _offset(zone, middle) == offset else (middle, at)
    return at


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset.days * 86_400 + offset.seconds
