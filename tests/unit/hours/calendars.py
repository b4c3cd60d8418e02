"""Calendars to test with, compiled from windows as one would say them."""

from collections.abc import Mapping, Sequence
from datetime import date

from contracts import policy
from hours.calendar import Calendar
from hours.zones import resolve_zone

HORIZON = date(2036, 12, 31)
WEEKDAYS = [(day, "09:00", "17:00") for day in range(5)]
ZONES: dict[str, policy.Zone] = {}


def seconds(time: str) -> int:
    return int(time[:2]) * 3600 + int(time[3:]) * 60


def calendar(
    zone: str,
    windows: Sequence[tuple[int, str, str]] = WEEKDAYS,
    holidays: Sequence[str] = (),
    special: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Calendar:
    """Windows are day (Monday = 0), from, to; `to` before or equal to `from` runs over midnight."""
    if zone not in ZONES:
        ZONES[zone] = resolve_zone(zone, HORIZON)
    published = policy.Calendar(
        version="test",
        zone=zone,
        windows=tuple((day, seconds(a), seconds(b) + (0 if b > a else 86_400)) for day, a, b in windows),
        holidays=tuple(holidays),
        special={on: tuple((seconds(a), seconds(b)) for a, b in hours) for on, hours in (special or {}).items()},
        known_until=None,
    )
    return Calendar.of("test", published, ZONES)
