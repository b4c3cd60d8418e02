"""The shape of a policy file. Its JSON Schema is `PolicyFile.model_json_schema()`."""

from datetime import date, timedelta
from typing import Annotated, get_args

from pydantic import BeforeValidator, Field, JsonValue, ValidationInfo, field_validator

from contracts.escalations import CalledRole
from contracts.policy import Counting, Pause
from contracts.sla import Metric
from contracts.tickets import Detail, Severity
from sla_timer.policy.fields import Count, Date, Duration, Name, Once, PositiveDuration, Words
from sla_timer.policy.file.entry import Entry
from sla_timer.policy.file.hours import CalendarEntry
from sla_timer.policy.wording import listed

METRICS: tuple[Metric, ...] = get_args(Metric)
SEVERITIES: list[JsonValue] = [str(severity) for severity in get_args(Severity)]
SEVERITIES_IN_WORDS = ", ".join(map(str, get_args(Severity)[:-1])) + f" or {get_args(Severity)[-1]}"


def _severity(value: object) -> object:
    """A severity must be a whole number: `"1"`, `1.0` and `true` are most likely mistakes."""
    if not isinstance(value, int) or isinstance(value, bool) or value not in get_args(Severity):
        raise ValueError(f"{value!r} is no severity; write {SEVERITIES_IN_WORDS}, without quotes")
    return value


SeverityKey = Annotated[Severity, BeforeValidator(_severity)]
BY_SEVERITY: dict[str, JsonValue] = {"propertyNames": {"enum": SEVERITIES}}


class Target(Entry):
    """The time within which it is owed."""

    within: PositiveDuration


class MetricEntry(Entry):
    """A metric: targets by severity, how time counts, at which percents it warns, and when its clock pauses (P24)."""

    counts: Counting
    warnings: tuple[Annotated[Count, Field(lt=100)], ...] = ()
    targets: dict[SeverityKey, Target] = Field(json_schema_extra=BY_SEVERITY)
    pauses: Annotated[tuple[Pause, ...], Once] = ()

    @field_validator("warnings")
    @classmethod
    def _ascending(cls, percents: tuple[int, ...]) -> tuple[int, ...]:
        if list(percents) != sorted(set(percents)):
            raise ValueError(f"warnings ascend: write {sorted(set(percents))}")
        return percents


class Metrics(Entry):
    """The metrics: the response, the objective of severities without an SLA, and other promises (P25)."""

    response: MetricEntry
    objective: MetricEntry | None = None
    next_reply: MetricEntry | None = Field(default=None, alias="next-reply")
    update: MetricEntry | None = None
    resolution: MetricEntry | None = None

    @property
    def by_name(self) -> dict[Metric, MetricEntry]:
        """The metrics in the file, by name."""
        had = ((name, getattr(self, name.replace("-", "_"))) for name in METRICS)
        return {name: metric for name, metric in had if metric}


class TierHours(Entry):
    """The calendar by which a tier's support hours are counted."""

    calendar: str


class Tiers(Entry):
    """Every licence tier."""

    enlist: TierHours
    patrol: TierHours
    command: TierHours
    assessment: TierHours


class RungEntry(Entry):
    """Who is called, and how long after the breach."""

    role: CalledRole
    after: Duration


class LadderEntry(Entry):
    """Who is called, one after the other, in so many `rounds`; a new round begins `every` so often (P23).

    Delays count elapsed time, or support hours of the ticket's calendar.
    """

    rungs: tuple[RungEntry, ...]
    counts: Counting = "elapsed"
    rounds: Annotated[Count, Field(le=100)] = 1
    every: PositiveDuration = Field(default=timedelta(days=1), json_schema_extra={"default": "24h"})

    @field_validator("rungs")
    @classmethod
    def _climbs(cls, rungs: tuple[RungEntry, ...]) -> tuple[RungEntry, ...]:
        if not rungs:
            raise ValueError("a ladder needs a rung, such as {role: engineer, after: 0m}")
        return rungs


class Ladders(Entry):
    """The ladder climbed after a breach."""

    breach: LadderEntry


class WorkingDays(Entry):
    """A deadline in working days."""

    working_days: Annotated[Count, Field(le=366)]


class CalendarDays(Entry):
    """A deadline in calendar days."""

    days: Annotated[Count, Field(le=3653)]


class SupportTime(Entry):
    """A deadline in support time."""

    within: PositiveDuration


class FeedbackEntry(Entry):
    """Deadlines of feedback (P17, P19), counted in this calendar.

    `urgent`: until a person answers an urgent complaint (P22). `silence`: after a complaint's outcome, until silence
    counts as settled (P20). `ahead`: how far ahead an update may be promised (P19). `marks`: until free words after the
    outcome are marked, or else are a dispute (P21). `survey_reminder`: until an unanswered survey is reminded of (P16).
    """

    calendar: str
    acknowledge: WorkingDays
    review: CalendarDays
    urgent: SupportTime = SupportTime.model_validate({"within": "4h"})
    silence: CalendarDays = CalendarDays(days=28)
    ahead: CalendarDays = CalendarDays(days=28)
    marks: WorkingDays = WorkingDays(working_days=2)
    survey_reminder: WorkingDays = WorkingDays(working_days=5)


class Required(Entry):
    """What a ticket must say before its clock starts (P8)."""

    details: Annotated[tuple[Detail, ...], Once]


class SeverityEntry(Entry):
    """What the severity means, in words for requesters who choose it (P5)."""

    means: Words


class PolicyFile(Entry):
    """A support policy. Holidays by country are resolved from `since` on; holidays and time zones up to `until`."""

    name: Name
    since: Date
    until: Date
    metrics: Metrics
    tiers: Tiers
    calendars: dict[Name, CalendarEntry]
    ladders: Ladders
    feedback: FeedbackEntry
    required: Required
    severities: dict[SeverityKey, SeverityEntry] = Field(default_factory=dict, json_schema_extra=BY_SEVERITY)

    @field_validator("severities")
    @classmethod
    def _all_or_none(cls, severities: dict[Severity, SeverityEntry]) -> dict[Severity, SeverityEntry]:
        unsaid = [severity for severity in get_args(Severity) if severity not in severities]
        if severities and unsaid:
            raise ValueError(f"say what severity {listed([str(one) for one in unsaid])} is for too, or leave all out")
        return severities

    @field_validator("until")
    @classmethod
    def _ahead(cls, until: date, info: ValidationInfo) -> date:
        if info.context and until < info.context["today"]:
            raise ValueError(f"time zones and holidays have run out on {until}; name a later date")
        return until
