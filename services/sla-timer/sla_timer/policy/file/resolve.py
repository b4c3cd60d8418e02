"""From a policy file to the data that is published: holidays as dates, zones as offsets. The version is its hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from importlib.metadata import version
from typing import Any, get_args

import msgspec
import tzdata  # type: ignore[import-untyped]  # it is data, with one constant

from contracts.policy import Calendar, Feedback, Ladder, Policy, Promise, Rung, Zone
from contracts.sla import PolicyPublished
from contracts.tickets import Tier
from hours.zones import resolve_offset, resolve_zone
from sla_timer.policy.file.country import exchanged, holidays_of
from sla_timer.policy.file.hours import CalendarEntry
from sla_timer.policy.file.shape import LadderEntry, MetricEntry, PolicyFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy, resolved: plain JSON data (its shape: `contracts.policy`) and its version."""

    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any] = field(repr=False)

    def published(self) -> PolicyPublished:
        """The event, as if it had been published in the first shard."""
        return PolicyPublished(
            shard=0,
            version=self.version,
            name=self.name,
            tzdata=self.tzdata,
            holidays=self.holidays,
            resolved=self.resolved,
        )


def resolve(policy: PolicyFile) -> Document:
    """Replace what the policy names by data: holidays, zones, durations in seconds."""
    zones = {_zone_name(calendar): _zone(calendar, policy.until) for calendar in policy.calendars.values()}
    published = Policy(
        name=policy.name,
        tzdata=tzdata.IANA_VERSION,
        holidays=version("holidays"),
        metrics={name: _metric(metric) for name, metric in policy.metrics.by_name.items()},
        tiers={tier: getattr(policy.tiers, tier).calendar for tier in get_args(Tier)},
        calendars={
            name: _calendar(calendar, zones, policy.since, policy.until) for name, calendar in policy.calendars.items()
        },
        zones=zones,
        ladders={"breach": _ladder(policy.ladders.breach)},
        feedback=Feedback(
            calendar=policy.feedback.calendar,
            acknowledge_working_days=policy.feedback.acknowledge.working_days,
            review_days=policy.feedback.review.days,
            urgent=round(policy.feedback.urgent.within.total_seconds()),
            silence_days=policy.feedback.silence.days,
            ahead_days=policy.feedback.ahead.days,
            marking_working_days=policy.feedback.marks.working_days,
            survey_reminder_working_days=policy.feedback.survey_reminder.working_days,
        ),
        required=policy.required.details,
        severities={severity: entry.means for severity, entry in policy.severities.items()},
        assumptions=tuple(sorted(policy.assumed_entries())),
    )
    resolved = published.resolved()
    return Document(
        version=digest(resolved),
        name=published.name,
        tzdata=published.tzdata,
        holidays=published.holidays,
        resolved=resolved,
    )


def digest(data: Any) -> str:
    """16 hex digits of the SHA-256 of the data's canonical JSON."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()[:16]


def _metric(metric: MetricEntry) -> Promise:
    return Promise(
        counts=metric.counts,
        targets={severity: _seconds(target.within) for severity, target in metric.targets.items()},
        warnings=metric.warnings,
        pauses=metric.pauses,
    )


def _calendar(entry: CalendarEntry, zones: Mapping[str, Zone], since: date, until: date) -> Calendar:
    zone, listed = _zone_name(entry), entry.holidays
    windows = sorted(part for window in entry.windows for part in window.resolved)
    said = {on.isoformat(): sorted((hours.start, hours.end) for hours in part) for on, part in entry.special.items()}
    worked = exchanged(listed, windows, since, set(entry.special)) if listed else {}
    calendar = Calendar(
        version="",
        zone=zone,
        windows=tuple(windows),
        holidays=tuple(holidays_of(listed, since)) if listed else (),
        special={on: tuple((opens, closes) for opens, closes in part) for on, part in sorted((worked | said).items())},
        known_until=_known_until(entry, until),
    )
    plain: dict[str, Any] = msgspec.to_builtins(calendar)
    del plain["version"]
    return replace(calendar, version=digest([plain, msgspec.to_builtins(zones[zone])]))


def _known_until(calendar: CalendarEntry, until: date) -> str | None:
    """The last date for which holidays and zone are known; None for a fixed offset without holidays."""
    limits = [until] if calendar.zone else []
    limits += [calendar.holidays.known_until] if calendar.holidays else []
    return min(limits).isoformat() if limits else None


def _zone_name(calendar: CalendarEntry) -> str:
    return calendar.zone or calendar.offset or "+00:00"


def _zone(calendar: CalendarEntry, until: date) -> Zone:
    return resolve_zone(calendar.zone, until) if calendar.zone else resolve_offset(calendar.offset or "+00:00")


def _ladder(ladder: LadderEntry) -> Ladder:
    return Ladder(
        rungs=tuple(Rung(role=rung.role, after=_seconds(rung.after)) for rung in ladder.rungs),
        rounds=ladder.rounds,
        every=_seconds(ladder.every),
        counts=ladder.counts,
    )


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
