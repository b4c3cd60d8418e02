"""The calendars of a policy file: when a desk is open, by the clock on its wall."""

from datetime import date
from typing import Annotated, Self

import holidays
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from sla_timer.domain.schedule import by_weekday, overlapping
from sla_timer.policy_file.entry import Entry
from sla_timer.terms import DAYS, Date, Days, Offset, TimeOfDay
from sla_timer.zones import check_zone

MIDNIGHT = 86_400


class Hours(BaseModel):
    """From (inclusive) to (exclusive) by the clock on the wall, in seconds since midnight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")

    @field_validator("start")
    @classmethod
    def _within_the_day(cls, start: int) -> int:
        if start >= MIDNIGHT:
            raise ValueError("a window begins before 24:00; write '00:00' on the next day")
        return start


class Window(Hours):
    """A window on days of the week; `to` before or equal to `from` runs over midnight."""

    days: Days

    @property
    def resolved(self) -> list[tuple[int, int, int]]:
        """Day, from, to in seconds, one a day."""
        end = self.end if self.end > self.start else self.end + MIDNIGHT
        return [(day, self.start, end) for day in self.days]


class Holidays(Entry):
    """Public holidays of a country or subdivision, or listed dates, or both. Past `known_until` nothing is known."""

    country: str | None = None
    subdivision: str | None = None
    dates: tuple[Date, ...] = ()
    known_until: Date

    @field_validator("known_until")
    @classmethod
    def _still_known(cls, until: date, info: ValidationInfo) -> date:
        if info.context and until < info.context["today"]:
            raise ValueError(f"the holidays have run out on {until}; list further ones and name a later date")
        return until

    @model_validator(mode="after")
    def _within_what_is_known(self) -> Self:
        if beyond := [on for on in self.dates if on > self.known_until]:
            raise ValueError(f"{beyond[0]} lies beyond known_until {self.known_until}; name a later one")
        return self

    @model_validator(mode="after")
    def _supported(self) -> Self:
        known = holidays.list_supported_countries()
        if self.country is not None and self.country not in known:
            raise ValueError(f"unknown country {self.country!r}; use its ISO 3166 code, such as US")
        if self.subdivision is not None and self.subdivision not in known.get(self.country or "", ()):
            choices = ", ".join(known.get(self.country or "", ())) or "none: leave it out"
            raise ValueError(f"unknown subdivision {self.subdivision!r} of {self.country}; it has {choices}")
        return self


class Calendar(Entry):
    """Support hours: weekly windows in a zone or at a fixed offset, holidays, and dates with hours of their own."""

    zone: Annotated[str, AfterValidator(check_zone)] | None = None
    offset: Offset | None = None
    windows: tuple[Window, ...]
    holidays: Holidays | None = None
    special: dict[Date, tuple[Hours, ...]] = Field(default_factory=dict)

    @field_validator("windows")
    @classmethod
    def _apart(cls, windows: tuple[Window, ...]) -> tuple[Window, ...]:
        if not windows:
            raise ValueError(
                "a desk that never opens promises nothing; write a window such as "
                "{days: mon-fri, from: '09:00', to: '17:00'}"
            )
        days = by_weekday(part for window in windows for part in window.resolved)
        if clashes := [DAYS[day] for day, parts in enumerate(days) if overlapping(parts)]:
            raise ValueError(f"windows overlap on {', '.join(clashes)}; cut them so that each ends before the next")
        return windows

    @field_validator("special")
    @classmethod
    def _within_the_date(cls, special: dict[date, tuple[Hours, ...]]) -> dict[date, tuple[Hours, ...]]:
        for on, hours in special.items():
            if any(window.end <= window.start for window in hours):
                raise ValueError(f"special hours of {on} end by 24:00; write what lies beyond on the next date")
            if overlapping(tuple((window.start, window.end) for window in hours)):
                raise ValueError(f"special hours of {on} overlap; cut them so that each ends before the next")
        return special

    @model_validator(mode="after")
    def _one_zone(self) -> Self:
        if (self.zone is None) == (self.offset is None):
            raise ValueError("name either a zone, such as America/New_York, or a fixed offset, such as '-05:00'")
        return self
