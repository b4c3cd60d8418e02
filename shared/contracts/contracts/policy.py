"""The support policy as it is published, typed: what `PolicyPublished.resolved` holds. Each service takes its part.

`resolved` travels as the JSON whose hash is the version. A reader never writes it again from what it has read, since it
may know fewer fields than the writer. Each part is read by itself, so one that a reader can't read doesn't affect the
others. A field that earlier releases didn't publish has a default, and is published only if it differs from that;
so the same policy keeps its version.

Spans are seconds, days of the week count from Monday = 0, times of day are seconds since that day's midnight (a window
may end after the next midnight), dates are ISO 8601. Holidays are listed up to the last date known, zones with all
their transitions up to the same date, so that nobody needs a library to count by them.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal, get_type_hints

import msgspec

from contracts.escalations import CalledRole
from contracts.sla import Metric, PolicyPublished
from contracts.tickets import Detail, Severity, Tier

DEFAULT_REQUIRED: tuple[Detail, ...] = ("product", "product_version", "os", "os_version", "description")
"""What the shipped policy requires of a ticket (P8), for an intake that has not heard of any policy yet."""

Seconds = int
Date = str
Counting = Literal["support", "elapsed"]
"""How time counts: support hours only, or all elapsed time."""
Pause = Literal["waiting-for-requester"]
"""What pauses a clock (P24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A metric's promise: its targets in seconds, by severity. `warnings`: percents of the target, ascending."""

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
    """Offsets from UTC in seconds: the first one, and each transition (UTC seconds since 1970) with its new offset."""

    offset: Seconds
    transitions: tuple[tuple[int, Seconds], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who is called, and how long after the breach."""

    role: CalledRole
    after: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs in the order in which they are called, in so many `rounds`; a new one begins `every` so often (P23)."""

    rungs: tuple[Rung, ...]
    rounds: int
    every: Seconds
    counts: Counting = "elapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The deadlines of feedback, by that calendar: acknowledged in so many working days (P17), reviewed in so many days
    (P19), urgent complaints answered within so much support time (P22).

    `silence_days`: after the outcome, until silence counts as settled (P20); `ahead_days`: how far ahead an update may
    be promised, at most (P19); `marking_working_days`: until free words after the outcome are a dispute (P21);
    `survey_reminder_working_days`: after a closing, until its requester is reminded of the survey (P16).
    """

    calendar: str
    acknowledge_working_days: int
    review_days: int
    urgent: Seconds = 4 * 3600
    silence_days: int = 28
    ahead_days: int = 28
    marking_working_days: int = 2
    survey_reminder_working_days: int = 5


UNPUBLISHED = "shipped"
"""The version of what the shipped policy says, for a service that has not heard of any policy yet."""
DEFAULT_FEEDBACK = Feedback(calendar="weekdays", acknowledge_working_days=2, review_days=7)
"""What the shipped policy says of feedback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy.

    `tiers`: the calendar of each tier. `required`: what a ticket must say before its clock starts (P8). `severities`:
    what each one means, in words for requesters (P5); all four or none. `assumptions`: the keys of those entries of the
    policy file that its rules leave open, as in `tiers.assessment`, in alphabetical order.
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
        """The JSON that is published, without optional fields that have their default."""
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        for promise in plain["metrics"].values():
            _without(promise, "pauses", [])
        for ladder in plain["ladders"].values():
            _without(ladder, "counts", "elapsed")
        for field_of in fields(Feedback):
            if field_of.default is not MISSING:
                _without(plain["feedback"], field_of.name, field_of.default)
        for name, empty in _LATER.items():
            _without(plain, name, empty)
        return plain


def read(resolved: Mapping[str, Any]) -> Policy:
    """The whole policy. Raises ValueError, naming what is wrong and where."""
    return msgspec.convert(resolved, Policy, str_keys=True)


def part(published: PolicyPublished, name: str) -> Any:
    """One field of a published Policy, in its type. Raises ValueError, naming the field."""
    try:
        said = published.resolved[name] if name not in _LATER else published.resolved.get(name, _LATER[name])
        return msgspec.convert(said, _PARTS[name], str_keys=True)
    except KeyError:
        raise ValueError(f"policy {published.version} says nothing of {name}") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"policy {published.version}: {name}: {error}") from error


def ladders(published: PolicyPublished) -> Mapping[str, Ladder]:
    """The ladders: who is called when, after a breach. Raises ValueError."""
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
    """The promises, by metric. Raises ValueError."""
    found: Mapping[Metric, Promise] = part(published, "metrics")
    return found


def severities(published: PolicyPublished) -> Mapping[Severity, str]:
    """What each severity means, in words for requesters; empty if the policy doesn't say. Raises ValueError."""
    found: Mapping[Severity, str] = part(published, "severities")
    return found


def feedback(published: PolicyPublished) -> Feedback:
    """The deadlines of feedback. Raises ValueError."""
    found: Feedback = part(published, "feedback")
    return found


def named_by(event: Any) -> str | None:
    """The policy version by which a fact was judged, if it names one."""
    versions = getattr(event, "versions", None)
    version: str | None = versions.policy if versions else getattr(event, "policy", None)
    return version


def _without(entry: dict[str, Any], name: str, default: Any) -> None:
    if entry[name] == default:
        del entry[name]


_PARTS = get_type_hints(Policy)
_LATER: Mapping[str, Any] = {"severities": {}, "assumptions": []}
"""Fields that earlier releases didn't publish, with their defaults."""
