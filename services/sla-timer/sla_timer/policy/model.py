"""A published policy, compiled to promises and calendars. It is read from the event, not from the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from contracts import policy as published_policy
from contracts.sla import PolicyPublished, Versions
from contracts.tickets import Detail, Severity, Tier
from hours.calendar import Calendar
from hours.published import Compiled, calendars_of
from sla_timer.policy.promise import Kind, Promise, Promises, promises_of
from sla_timer.policy.refusals import UnknownCalendar


@dataclass(frozen=True, slots=True)
class Hours:
    """The calendar that counts. `agreed`: it is the account's own; `unknown`: an agreed one that the policy lacks."""

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
    required: tuple[Detail, ...]
    zones: Mapping[str, Any] = field(repr=False)
    """As published, by name."""

    @classmethod
    def of(cls, published: PolicyPublished, compiled: Compiled) -> "Policy":
        """Compile a version. Calendars that are `compiled` already are kept, with their tables.

        Raises ValueError for a policy that this release can't use.
        """
        promises = promises_of(published_policy.metrics(published))
        tiers, calendars = published_policy.tiers(published), calendars_of(published, compiled)
        for tier in get_args(Tier):  # the agreed calendar may be unknown, so each tier must have one
            if tiers.get(tier) not in calendars:
                raise ValueError(f"policy {published.version}: tier {tier} has no calendar")
        return cls(
            version=published.version,
            name=published.name,
            tzdata=published.tzdata,
            holidays=published.holidays,
            promises=promises.pop("response"),
            further=promises,
            tiers=tiers,
            calendars=calendars,
            required=published_policy.required(published),
            zones=published_policy.zones(published),
        )

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of promises that the policy makes."""
        return ("response", *self.further)

    def promised(self, kind: Kind) -> Promises:
        """The promises of a kind, by severity; severities without one are left out (P25)."""
        return self.promises if kind == "response" else self.further.get(kind, {})

    def promise(self, kind: Kind, severity: Severity) -> Promise | None:
        """The promise of a kind at a severity; None if there is none."""
        return self.promised(kind).get(severity)

    def pauses(self, kind: Kind) -> bool:
        """Whether clocks of a kind pause while the ticket waits for its requester (P24)."""
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
        """The calendar that a promise is counted by: the agreed one or, if this policy lacks it, the tier's."""
        if agreed is None or agreed in self.calendars:
            return Hours(self.calendar(self.tiers[tier] if agreed is None else agreed), agreed is not None)
        return Hours(self.calendar(self.tiers[tier]), unknown=agreed)

    def versions(self, calendar: Calendar) -> Versions:
        """The versions that a clock's events name: of the policy, of this calendar and of tzdata."""
        return Versions(policy=self.version, calendar=calendar.version, tzdata=self.tzdata)
