"""The support policy as published: promises, calendars, ladders. Read from its resolved form only, never from a file.

The resolved form is JSON, and the version is a hash over it:

    {"name": …, "tzdata": "2026f", "holidays": "0.109",
     "metrics": {"response": {"counts": "support", "targets": {"1": seconds, …}, "warnings": [50, 75, 90]},
                 "objective": {"counts": "elapsed", "targets": {"4": seconds}, "warnings": []},
                 "resolution": {…, "pauses": ["waiting-for-requester"]}},
     "tiers": {"enlist": "<calendar>", …},
     "calendars": {"<calendar>": {"version": …, "zone": "<zone>", "windows": [[day, from, to], …],
                                  "holidays": ["2026-12-25", …], "special": {"2026-12-24": [[from, to], …]},
                                  "known_until": "2040-12-31" | null}, …},
     "zones": {"<zone>": {"offset": seconds, "transitions": [[UTC seconds since 1970, offset in seconds], …]}, …},
     "ladders": {"breach": {"rungs": [{"role": "engineer", "after": seconds since the breach}, …],
                            "rounds": 1, "every": seconds, "counts": "support", if not elapsed}},
     "feedback": {"calendar": "<calendar>", "acknowledge_working_days": 2, "review_days": 7},
     "required": ["product", …]}

Days count from Monday = 0, `from` and `to` are seconds since that day's midnight (`to` may lie beyond the next one).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from contracts.escalations import Rung as Role
from contracts.sla import PolicyPublished, Versions
from contracts.tickets import Detail, Severity, Tier
from sla_timer.domain.calendar import Calendar
from sla_timer.domain.promise import Kind, Promise, Promises, promises_of
from sla_timer.domain.refusals import UnknownCalendar

Calendars = Mapping[tuple[str, str], Calendar]
"""Calendars compiled already, by name and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who is called, and how long after the breach."""

    role: Role
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs in the order in which they are called, gone through `rounds` times, anew `every` so often (P23)."""

    rungs: tuple[Rung, ...]
    rounds: int
    every: timedelta
    counts: Literal["support", "elapsed"] = "elapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Within how many working days feedback is acknowledged (P17), within how many days it is reviewed (P19)."""

    calendar: str
    acknowledge_working_days: int
    review_days: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The calendar that counts. `agreed`: it is the account's own; `unknown`: that is no calendar of the policy."""

    calendar: Calendar
    agreed: bool = False
    unknown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One published version, compiled."""

    version: str
    name: str
    tzdata: str
    holidays: str
    promises: Promises
    further: Mapping[Kind, Promises]
    tiers: Mapping[Tier, str]
    calendars: Mapping[str, Calendar]
    ladders: Mapping[str, Ladder]
    feedback: Feedback
    required: tuple[Detail, ...]

    @classmethod
    def of(cls, published: PolicyPublished, compiled: Calendars) -> "Policy":
        """Compile a version; calendars that are `compiled` already, with what they have laid out, are kept."""
        resolved = published.resolved
        promises = promises_of(resolved["metrics"])
        return cls(
            version=published.version,
            name=published.name,
            tzdata=published.tzdata,
            holidays=published.holidays,
            promises=promises.pop("response"),
            further=promises,
            tiers=resolved["tiers"],
            calendars={
                name: compiled.get((name, entry["version"])) or Calendar.of(name, entry, resolved["zones"])
                for name, entry in resolved["calendars"].items()
            },
            ladders={name: _ladder(entry) for name, entry in resolved["ladders"].items()},
            feedback=Feedback(**resolved["feedback"]),
            required=tuple(resolved["required"]),
        )

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of which something is promised."""
        return ("response", *self.further)

    def promised(self, kind: Kind) -> Promises:
        """What is promised of a kind, by severity; nothing at severities that aren't there (P25)."""
        return self.promises if kind == "response" else self.further.get(kind, {})

    def promise(self, kind: Kind, severity: Severity) -> Promise | None:
        """What is promised of a kind at a severity, if anything is."""
        return self.promised(kind).get(severity)

    def pauses(self, kind: Kind) -> bool:
        """Whether clocks of a kind stand still while the ticket waits for its requester (P24)."""
        return any(promise.pauses for promise in self.promised(kind).values())

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name. Raises UnknownCalendar."""
        if name not in self.calendars:
            known = ", ".join(sorted(self.calendars))
            raise UnknownCalendar(f"Policy {self.version} has no calendar {name!r}, but: {known}.")
        return self.calendars[name]

    def calendar_for(self, tier: Tier, agreed: str | None) -> Calendar:
        """The calendar agreed with the account, otherwise its tier's (P11, P14). Raises UnknownCalendar."""
        return self.calendar(agreed or self.tiers[tier])

    def hours_for(self, tier: Tier, agreed: str | None) -> "Hours":
        """By whose hours a promise is counted: where this policy doesn't know what was agreed, the tier's count."""
        if agreed is None or agreed in self.calendars:
            return Hours(self.calendar(self.tiers[tier] if agreed is None else agreed), agreed is not None)
        return Hours(self.calendar(self.tiers[tier]), unknown=agreed)

    def versions(self, calendar: Calendar) -> Versions:
        """What a clock's events name as the rules it was counted by."""
        return Versions(policy=self.version, calendar=calendar.version, tzdata=self.tzdata)


def _ladder(entry: Mapping[str, Any]) -> Ladder:
    rungs = tuple(Rung(role=rung["role"], after=timedelta(seconds=rung["after"])) for rung in entry["rungs"])
    return Ladder(
        rungs=rungs,
        rounds=entry["rounds"],
        every=timedelta(seconds=entry["every"]),
        counts=entry.get("counts", "elapsed"),
    )
