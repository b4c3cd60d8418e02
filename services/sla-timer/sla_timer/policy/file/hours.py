"""The calendars of a policy file: when a desk is open, by the clock on its wall."""

from datetime import date
from typing import Annotated

import holidays
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from hours.zones import check_zone
from sla_timer.policy.fields import Date, Days, Name, Offset, Once, TimeOfDay
from sla_timer.policy.file.entry import Entry

MIDNIGHT_SECONDS = 86_400


class Hours(BaseModel):
    """From (inclusive) to (exclusive) by the clock on the wall, in seconds since midnight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")

    @field_validator("start")
    @classmethod
    def _within_the_day(cls, start: int) -> int:
        if start >= MIDNIGHT_SECONDS:
            raise ValueError("a window begins before 24:00; write '00:00' on the next day")
        return start


class Window(Hours):
    """A window on days of the week; `to` before or equal to `from` runs over midnight."""

    days: Days

    @property
    def resolved(self) -> list[tuple[int, int, int]]:
        """Day, from, to in seconds, one a day."""
        end = self.end if self.end > self.start else self.end + MIDNIGHT_SECONDS
        return [(day, self.start, end) for day in self.days]


class Holidays(Entry):
    """Public holidays of a country or subdivision, or listed dates, or both. Past `known_until` nothing is known.

    Weekend days that a country works in exchange have the hours of an ordinary working day, unless `special` or `dates`
    name them.
    """

    country: Name | None = None
    subdivision: Name | None = None
    dates: Annotated[tuple[Date, ...], Once] = ()
    known_until: Date

    @field_validator("known_until")
    @classmethod
    def _still_known(cls, until: date, info: ValidationInfo) -> date:
        if info.context and until < info.context["today"]:
            raise ValueError(f"the holidays have run out on {until}; list further ones and name a later date")
        return until

    @field_validator("country")
    @classmethod
    def _supported(cls, country: str | None) -> str | None:
        if country is not None and country not in holidays.list_supported_countries():
            raise ValueError(f"unknown country {country!r}; use its ISO 3166 code, such as US")
        return country


class CalendarEntry(Entry):
    """Support hours: weekly windows in a zone or at a fixed offset, holidays, and dates with hours of their own."""

    zone: Annotated[str, AfterValidator(check_zone)] | None = None
    offset: Offset | None = None
    windows: tuple[Window, ...]
    holidays: Holidays | None = None
    special: dict[Date, tuple[Hours, ...]] = Field(default_factory=dict)

    @field_validator("windows")
    @classmethod
    def _opens(cls, windows: tuple[Window, ...]) -> tuple[Window, ...]:
        if not windows:
            raise ValueError(
                "a desk that never opens promises nothing; write a window such as "
                "{days: mon-fri, from: '09:00', to: '17:00'}"
            )
        return windows
