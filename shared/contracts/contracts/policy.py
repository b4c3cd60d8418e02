"""The support policy as it is published, typed: what `PolicyPublished.resolved` holds. Each service takes its part.

`resolved` travels as the JSON whose hash is the version, and is never written anew from what was read of it: a reader
may know fewer fields than its writer. A part that a reader can't make sense of hinders nobody who needs another. A
field that policies of earlier releases lack has a default, and is published only where it says something else, so that
a policy which says no more than before is no other version.

Spans are seconds, days of the week count from Monday = 0, times of day are seconds since that day's midnight (a window
may end beyond the next one), dates are ISO 8601. Holidays are listed up to the last date known, zones with all their
transitions up to the same horizon, so that nobody needs a library to count by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

import msgspec

from contracts.escalations import Rung as Role
from contracts.sla import Metric, PolicyPublished
from contracts.tickets import Detail, Severity, Tier

DEFAULT_REQUIRED: tuple[Detail, ...] = ("product", "product_version", "os", "os_version", "description")
"""What a ticket must say by the policy that ships with sla-timer (P8), for a door that has heard of no policy yet."""

Seconds = int
Date = str
Counting = Literal["support", "elapsed"]
"""What a span is counted in: support hours, or all time."""
Pause = Literal["waiting-for-requester"]
"""During what a clock stands still (P24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is owed of a metric: within so many seconds, by severity. Warnings are percents of that, ascending."""

    counts: Counting
    targets: Mapping[Severity, Seconds]
    warnings: tuple[int, ...]
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Support hours. `windows`: day, from, to; a date of `special` has those hours and no others, a holiday none."""

    version: str
    zone: str
    windows: tuple[tuple[int, Seconds, Seconds], ...]
    holidays: tuple[Date, ...]
    special: Mapping[Date, tuple[tuple[Seconds, Seconds], ...]]
    known_until: Date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Offsets from UTC in seconds: the first, and each transition (UTC seconds since 1970) with the one after it."""

    offset: Seconds
    transitions: tuple[tuple[int, Seconds], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who is called, how long after the breach."""

    role: Role
    after: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs in the order in which they are called, gone through `rounds` times, anew `every` so often (P23)."""

    rungs: tuple[Rung, ...]
    rounds: int
    every: Seconds
    counts: Counting = "elapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Within how many working days feedback is acknowledged (P17), within how many days it is reviewed (P19)."""

    calendar: str
    acknowledge_working_days: int
    review_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy.

    `tiers`: the calendar of each. `required`: what a ticket must say before its clock starts (P8). `severities`: when a
    requester is to choose which, in words for them (P5); of all four, or of none. `assumptions`: the entries of the
    policy file that its rules leave open, by their keys, as in `tiers.assessment`, in the order of the alphabet.
    """

    name: str
    tzdata: str
    holidays: str
    metrics: Mapping[Metric, Promise]
    tiers: Mapping[Tier, str]
    calendars: Mapping[str, Calendar]
    zones: Mapping[str, Zone]
    ladders: Mapping[str, Ladder]
    feedback: Feedback
    required: tuple[Detail, ...]
    severities: Mapping[Severity, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()

    def resolved(self) -> dict[str, Any]:
        """The JSON that is published: optional fields are there only where they say something."""
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        for promise in plain["metrics"].values():
            _without(promise, "pauses", [])
        for ladder in plain["ladders"].values():
            _without(ladder, "counts", "elapsed")
        for name, empty in _LATER.items():
            _without(plain, name, empty)
        return plain


def read(resolved: Mapping[str, Any]) -> Policy:
    """All of it. Raises ValueError, naming what is wrong where."""
    return msgspec.convert(resolved, Policy, str_keys=True)


def part(published: PolicyPublished, name: str) -> Any:
    """One field of Policy, with the type that it has there. Raises ValueError, naming the part."""
    try:
        said = published.resolved[name] if name not in _LATER else published.resolved.get(name, _LATER[name])
        return msgspec.convert(said, _PARTS[name], str_keys=True)
    except KeyError:
        raise ValueError(f"policy {published.version} says nothing of {name}") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"policy {published.version}: {name}: {error}") from error


def ladders(published: PolicyPublished) -> Mapping[str, Ladder]:
    """Who is called after what. Raises ValueError."""
    found: Mapping[str, Ladder] = part(published, "ladders")
    return found


def required(published: PolicyPublished) -> tuple[Detail, ...]:
    """What a ticket must say before its clock starts (P8). Raises ValueError."""
    found: tuple[Detail, ...] = part(published, "required")
    return found


def calendars(published: PolicyPublished) -> Mapping[str, Calendar]:
    """The calendars by which hours may be counted, by name. Raises ValueError."""
    found: Mapping[str, Calendar] = part(published, "calendars")
    return found


def zones(published: PolicyPublished) -> Mapping[str, Zone]:
    """The zones that calendars name. Raises ValueError."""
    found: Mapping[str, Zone] = part(published, "zones")
    return found


def tiers(published: PolicyPublished) -> Mapping[Tier, str]:
    """The calendar by which each tier's hours are counted. Raises ValueError."""
    found: Mapping[Tier, str] = part(published, "tiers")
    return found


def metrics(published: PolicyPublished) -> Mapping[Metric, Promise]:
    """What is promised. Raises ValueError."""
    found: Mapping[Metric, Promise] = part(published, "metrics")
    return found


def severities(published: PolicyPublished) -> Mapping[Severity, str]:
    """When a requester is to choose which, in words; empty where the policy says nothing. Raises ValueError."""
    found: Mapping[Severity, str] = part(published, "severities")
    return found


def feedback(published: PolicyPublished) -> Feedback:
    """The deadlines of feedback. Raises ValueError."""
    found: Feedback = part(published, "feedback")
    return found


def named_by(event: Any) -> str | None:
    """The version by which a fact was judged, if it names one."""
    versions = getattr(event, "versions", None)
    version: str | None = versions.policy if versions else getattr(event, "policy", None)
    return version


def _without(entry: dict[str, Any], name: str, default: Any) -> None:
    if entry[name] == default:
        del entry[name]


_PARTS = get_type_hints(Policy)
_LATER: Mapping[str, Any] = {"severities": {}, "assumptions": []}
"""Parts that policies of earlier releases were published without, and what it means that they are not there."""
