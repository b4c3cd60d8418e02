"""Support hours from JSON: windows of the week, holidays and special hours in a zone or at an offset."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated

import msgspec

from hours.instants import DAY, SECOND, day_of
from hours.open_time import OpenTime, open_time_of
from hours.schedule import Schedule, Windows, by_weekday, overlapping
from hours.zone import Zone
from hours.zones import zone_at, zone_named
from sla_timer.cli.lines import BadLine, decoded, hinted
from sla_timer.policy.fields import DAYS, OFFSET, time_of_day

HINTS = {
    "zone": "write an IANA name such as America/New_York",
    "offset": "write it as +HH:MM or -HH:MM, such as -05:00",
    "windows": 'write a list such as [{"day": 0, "from": "09:00", "to": "17:00"}]',
    "day": "write a number from 0, which is Monday, to 6",
    "from": "write a time of day such as 09:00",
    "to": "write a time of day such as 17:00, at most 24:00",
    "holidays": 'write a list of dates such as ["2026-12-25"]',
    "special": 'write dates with their hours, such as {"2026-12-24": [{"from": "09:00", "to": "12:00"}]}',
}
"""How to write each field."""

Short = Annotated[str, msgspec.Meta(max_length=64)]
"""A short text: a longer one is a mistake, and would make error messages unreadable."""
SPELLED = {"opens": "from", "closes": "to"}


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=SPELLED):
    """Hours on a date."""

    opens: Short
    closes: Short


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=SPELLED):
    """Hours of a day of the week, Monday being 0."""

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Short
    closes: Short


WINDOWS, HOLIDAYS = msgspec.json.Decoder(list[Window]), msgspec.json.Decoder(list[date])
SPECIAL, OF_DATE = msgspec.json.Decoder(dict[date, msgspec.Raw]), msgspec.json.Decoder(list[Hours])


def compiled(zone: str | None, offset: str | None, windows: bytes, holidays: bytes, special: bytes) -> OpenTime:
    """The open time of these fields, the last three of which are JSON. Raises BadLine."""
    weekly = [_weekly(window, f"windows[{n}]") for n, window in enumerate(decoded(WINDOWS, windows, HINTS, "windows"))]
    by_day = by_weekday(weekly)
    if clashes := [DAYS[day] for day, parts in enumerate(by_day) if overlapping(parts)]:
        raise BadLine(f"windows: they overlap on {', '.join(clashes)}; cut them so that each ends before the next")
    dated: dict[int, Windows] = {day_of(on): () for on in decoded(HOLIDAYS, holidays, HINTS, "holidays")}
    for on, hours in decoded(SPECIAL, special, HINTS, "special").items():
        dated[day_of(on)] = _hours(on, decoded(OF_DATE, hours, HINTS, f"special.{on}"))
    return open_time_of(Schedule(_zone(zone, offset), by_day, dated))


def _zone(name: str | None, offset: str | None) -> Zone:
    if (name is None) == (offset is None):
        raise BadLine(f"zone: name either a zone or an offset; {HINTS['zone']}, or an offset such as -05:00")
    if offset is not None:
        if not re.fullmatch(OFFSET, offset):
            raise hinted("offset", f"{offset!r} is none", HINTS)
        return zone_at(offset)
    try:
        return zone_named(name or "")
    except ValueError as error:
        raise BadLine(f"zone: {error}") from None


def _weekly(window: Window, field: str) -> tuple[int, int, int]:
    opens, closes = _times(window, field)
    return window.day, opens, closes if closes > opens else closes + DAY // SECOND


def _hours(on: date, hours: list[Hours]) -> Windows:
    parts = [_times(each, f"special.{on}[{n}]") for n, each in enumerate(hours)]
    if any(closes <= opens for opens, closes in parts):
        raise BadLine(f"special.{on}: special hours end by 24:00; write what lies beyond on the next date")
    windows = tuple(sorted((opens * SECOND, closes * SECOND) for opens, closes in parts))
    if overlapping(windows):
        raise BadLine(f"special.{on}: special hours overlap; cut them so that each ends before the next")
    return windows


def _times(hours: Hours | Window, field: str) -> tuple[int, int]:
    opens, closes = (_time(text, f"{field}.{name}") for name, text in (("from", hours.opens), ("to", hours.closes)))
    if opens * SECOND >= DAY:
        raise BadLine(f"{field}.from: a window begins before 24:00; write 00:00 on the next day")
    return opens, closes


def _time(text: str, field: str) -> int:
    try:
        return _known_time(text)
    except ValueError as error:
        raise BadLine(f"{field}: {error}") from None


_known_time = lru_cache(time_of_day)
