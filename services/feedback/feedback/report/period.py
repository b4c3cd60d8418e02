"""The months of a period, in a named zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from hours.instants import DAY, date_of, day_of, instant, moment
from hours.zones import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is reported: [since, until), either of which may be open; months are those of `zone`'s wall clock.

    `known_at`: what was recorded from then on is left out.
    """

    since: datetime | None
    until: datetime | None
    zone: str
    known_at: datetime

    def month(self, at: datetime) -> str:
        """`2026-07`."""
        return f"{date_of(zone_named(self.zone).local(instant(at)) // DAY):%Y-%m}"


def month_starts(first: datetime, last: datetime, zone: str) -> list[datetime]:
    """When the months begin in which these instants lie, and those between."""
    local = zone_named(zone).local
    names = months_between(*(f"{date_of(local(instant(at)) // DAY):%Y-%m}" for at in (first, last)))
    return [midnight(date.fromisoformat(f"{name}-01"), zone) for name in names]


def midnight(on: date, zone: str) -> datetime:
    """When a date begins in a zone. Raises ValueError for an unknown zone."""
    return moment(zone_named(zone).first(day_of(on) * DAY))


def months_between(first: str, last: str) -> Iterator[str]:
    """All months from one to another, both included."""
    year, month = map(int, first.split("-"))
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
