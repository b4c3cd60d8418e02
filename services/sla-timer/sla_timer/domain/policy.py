"""The support policy as published: promises, calendars, ladders. Read from its resolved form only, never from a file.

The resolved form is JSON, and the version is a hash over it:

    {"name": …, "tzdata": "2026f", "holidays": "0.109",
     "metrics": {"response": {"counts": "support", "targets": {"1": seconds, …}, "warnings": [50, 75, 90]},
                 "objective": {"counts": "elapsed", "targets": {"4": seconds}, "warnings": []}},
     "tiers": {"enlist": "<calendar>", …},
     "calendars": {"<calendar>": {"version": …, "zone": "<zone>", "windows": [[day, from, to], …],
                                  "holidays": ["2026-12-25", …], "special": {"2026-12-24": [[from, to], …]},
                                  "known_until": "2040-12-31" | null}, …},
     "zones": {"<zone>": {"offset": seconds, "transitions": [[UTC seconds since 1970, offset in seconds], …]}, …},
     "ladders": {"breach": [{"role": "engineer", "delay": seconds since the breach}, …]},
     "feedback": {"calendar": "<calendar>", "acknowledge_working_days": 2, "review_days": 7},
     "required": ["product", …]}

Days count from Monday = 0, `from` and `to` are seconds since that day's midnight (`to` may lie beyond the next one).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from contracts.escalations import Rung as Role
from contracts.sla import Metric, PolicyPublished, Threshold, Versions
from contracts.tickets import Detail, Severity, Tier

from sla_timer.domain.calendar import Calendar
from sla_timer.domain.refusals import UnknownCalendar, UnknownPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is owed at a severity: an answer within `target`, counted in support hours or in elapsed time."""

    metric: Metric
    target: timedelta
    counts: Literal["support", "elapsed"]
    warnings: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who is called, and how long after the breach (elapsed)."""

    role: Role
    delay: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Within how many working days feedback is acknowledged (P17), and within how many days reviewed (P19)."""

    calendar: str
    acknowledge_working_days: int
    review_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One published version, compiled."""

    version: str
    name: str
    tzdata: str
    holidays: str
    promises: Mapping[Severity, Promise]
    tiers: Mapping[Tier, str]
    calendars: Mapping[str, Calendar]
    ladders: Mapping[str, tuple[Rung, ...]]
    feedback: Feedback
    required: tuple[Detail, ...]

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name. Raises UnknownCalendar."""
        try:
            return self.calendars[name]
        except KeyError:
            raise UnknownCalendar(
                f"policy {self.version} has no calendar {name!r}; publish one that has, or agree on one of "
                + ", ".join(self.calendars)
            ) from None

    def calendar_for(self, tier: Tier, agreed: str | None) -> Calendar:
        """The calendar agreed with the account, otherwise its tier's (P11, P14). Raises UnknownCalendar."""
        return self.calendar(agreed or self.tiers[tier])

    def versions(self, calendar: Calendar) -> Versions:
        """What a clock event names as its rules."""
        return Versions(policy=self.version, calendar=calendar.version, tzdata=self.tzdata)
