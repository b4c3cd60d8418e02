"""From a policy file to the data that is published: holidays as dates, zones as offsets. The version is its hash."""

import json
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import tzdata  # type: ignore[import-untyped]  # it is data, with one constant

from contracts import policy as published_policy
from contracts.sla import PolicyPublished
from sla_timer.domain import INITIAL, decide
from sla_timer.domain.commands import PublishPolicy
from sla_timer.policy_file.country import exchanged, holidays_of
from sla_timer.policy_file.hours import Calendar
from sla_timer.policy_file.shape import Ladder, Metric, PolicyFile
from sla_timer.zones import resolve_offset, resolve_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy, resolved: plain JSON data (its shape: `contracts.policy`) and its version."""

    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any] = field(repr=False)

    def published(self) -> PolicyPublished:
        """The event, as if it had been published."""
        [event] = decide(self.publish(0), INITIAL)
        assert isinstance(event, PolicyPublished)
        return event

    def publish(self, shard: int) -> PublishPolicy:
        """The command that puts it in force in a shard, on the stream `policy-<shard>`."""
        return PublishPolicy(
            shard=shard,
            version=self.version,
            name=self.name,
            tzdata=self.tzdata,
            holidays=self.holidays,
            resolved=self.resolved,
        )


def resolve(policy: PolicyFile) -> Document:
    """Look up all that the policy names."""
    zones = {_zone_name(calendar): _zone(calendar, policy.until) for calendar in policy.calendars.values()}
    resolved: dict[str, Any] = {
        "name": policy.name,
        "tzdata": tzdata.IANA_VERSION,
        "holidays": version("holidays"),
        "metrics": {name: _metric(metric) for name, metric in policy.metrics.by_name.items()},
        "tiers": {
            "enlist": policy.tiers.enlist.calendar,
            "patrol": policy.tiers.patrol.calendar,
            "command": policy.tiers.command.calendar,
            "assessment": policy.tiers.assessment.calendar,
        },
        "calendars": {
            name: _calendar(calendar, zones, policy.since, policy.until) for name, calendar in policy.calendars.items()
        },
        "zones": zones,
        "ladders": {"breach": _ladder(policy.ladders.breach)},
        "feedback": {
            "calendar": policy.feedback.calendar,
            "acknowledge_working_days": policy.feedback.acknowledge.working_days,
            "review_days": policy.feedback.review.days,
        },
        "required": list(policy.required.details),
    }
    published = published_policy.read(resolved)  # whoever reads it relies on this form
    return Document(
        version=digest(resolved),
        name=published.name,
        tzdata=published.tzdata,
        holidays=published.holidays,
        resolved=published.resolved(),
    )


def digest(data: Any) -> str:
    """16 hex digits of the SHA-256 of the data's canonical JSON."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()[:16]


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "counts": metric.counts,
        "targets": {str(severity): _seconds(target.within) for severity, target in metric.targets.items()},
        "warnings": list(metric.warnings),
        **({"pauses": list(metric.pauses)} if metric.pauses else {}),
    }


def _calendar(calendar: Calendar, zones: dict[str, Any], since: date, until: date) -> dict[str, Any]:
    zone, listed = _zone_name(calendar), calendar.holidays
    windows = sorted(part for window in calendar.windows for part in map(list, window.resolved))
    special = {
        on.isoformat(): sorted([hours.start, hours.end] for hours in windows)
        for on, windows in calendar.special.items()
    }
    worked = exchanged(listed, windows, since, set(calendar.special)) if listed else {}
    resolved = {
        "zone": zone,
        "windows": windows,
        "holidays": holidays_of(listed, since) if listed else [],
        "special": dict(sorted((worked | special).items())),
        "known_until": _known_until(calendar, until),
    }
    return resolved | {"version": digest([resolved, zones[zone]])}


def _known_until(calendar: Calendar, until: date) -> str | None:
    """Holidays are known to their date and zones to `until`; a fixed offset without holidays is known for ever."""
    limits = [until] if calendar.zone else []
    limits += [calendar.holidays.known_until] if calendar.holidays else []
    return min(limits).isoformat() if limits else None


def _zone_name(calendar: Calendar) -> str:
    return calendar.zone or calendar.offset or "+00:00"


def _zone(calendar: Calendar, until: date) -> dict[str, Any]:
    return resolve_zone(calendar.zone, until) if calendar.zone else resolve_offset(calendar.offset or "+00:00")


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [{"role": rung.role, "after": _seconds(rung.after)} for rung in ladder.rungs],
        "rounds": ladder.rounds,
        "every": _seconds(ladder.every),
        **({"counts": ladder.counts} if ladder.counts != "elapsed" else {}),
    }


def _seconds(duration: Any) -> int:
    return int(duration.total_seconds())
