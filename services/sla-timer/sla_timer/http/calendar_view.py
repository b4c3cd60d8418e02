"""Calendars of the policy as people read them: in wall-clock time, without past dates. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from contracts import policy
from contracts.tickets import Tier
from hours.instants import DAY, date_of, instant
from hours.schedule import Schedule
from hours.zone import Zone

DAY_SECONDS = 86_400
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hours(BaseModel):
    """A time in which the desk is open, by the wall clock of the calendar's zone."""

    opens: str = Field(description="HH:MM, from when on it is open", examples=["09:00"])
    closes: str = Field(
        description="HH:MM, from when on it is closed again; 24:00 is the end of the day, and a time that is not after "
        "`opens` is on the next day",
        examples=["17:00"],
    )


class Window(Hours):
    """Hours on a day of the week."""

    day: Day = Field(description="The day on which it opens", examples=["mon"])


class Special(BaseModel):
    """A date with hours of its own, which replace those of its weekday, also on a holiday."""

    date: date
    hours: list[Hours] = Field(description="In their order; empty: closed all day")


class Week(BaseModel):
    """Support hours of a week. Promises that count in support hours count in these alone (P11)."""

    zone: str = Field(
        description="By whose clocks: an IANA time zone or, for clocks that are never moved, an offset from UTC",
        examples=["America/New_York", "-05:00"],
    )
    always_open: bool = Field(description="Open at every instant: no window ends, and there are no holidays")
    windows: list[Window] = Field(description="From Monday on, each day's in their order")


class Calendar(Week):
    """A calendar of the policy in force: when promises that count in support hours are counted."""

    name: str = Field(description="As the policy calls it", examples=["weekdays"])
    version: str = Field(description="Another whenever its hours are, past ones too", examples=["5e8c1d50b7a34f62"])
    tiers: list[Tier] = Field(description="The licence tiers that have these hours; none: by agreement only (P14)")
    holidays: list[date] = Field(description="Dates from today on, there, on which the desk is closed, in their order")
    special: list[Special] = Field(description="Dates from today on, there, with hours of their own, in their order")
    known_until: date | None = Field(
        description="The last date whose holidays and clock changes are known; null: there is nothing to know"
    )


def week_of(calendar: policy.Calendar, zones: Mapping[str, policy.Zone]) -> Week:
    """The ordinary hours of a calendar."""
    return Week(
        zone=calendar.zone,
        always_open=Schedule.of(calendar, Zone.of(zones[calendar.zone])).always_open,
        windows=[
            Window(day=DAYS[day], opens=_time(opens), closes=_time(closes))
            for day, opens, closes in sorted(calendar.windows)
        ],
    )


def calendar_view(
    name: str,
    calendar: policy.Calendar,
    zones: Mapping[str, policy.Zone],
    tiers: Mapping[Tier, str],
    now: datetime,
) -> Calendar:
    """The view of a calendar at `now`."""
    today = date_of(Zone.of(zones[calendar.zone]).local(instant(now)) // DAY)
    special = {date.fromisoformat(on): hours for on, hours in calendar.special.items()}
    return Calendar(
        **dict(week_of(calendar, zones)),
        name=name,
        version=calendar.version,
        tiers=[tier for tier, counted_by in tiers.items() if counted_by == name],
        holidays=[on for on in sorted(map(date.fromisoformat, calendar.holidays)) if on >= today and on not in special],
        special=[Special(date=on, hours=_hours(hours)) for on, hours in sorted(special.items()) if on >= today],
        known_until=date.fromisoformat(calendar.known_until) if calendar.known_until else None,
    )


def _hours(windows: Iterable[tuple[int, int]]) -> list[Hours]:
    return [Hours(opens=_time(opens), closes=_time(closes)) for opens, closes in sorted(windows)]


def _time(seconds: int) -> str:
    """`17:00`, from seconds since midnight. Times beyond the next midnight are shown as those of the next day."""
    minutes, rest = divmod(seconds - DAY_SECONDS if seconds > DAY_SECONDS else seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")
