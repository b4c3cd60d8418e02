"""The shape of a policy file. Its JSON Schema is `PolicyFile.model_json_schema()`."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, JsonValue, ValidationInfo, field_validator, model_validator

from contracts.escalations import Rung as Role
from contracts.tickets import Detail, Severity
from sla_timer.policy_file.entry import Entry
from sla_timer.policy_file.hours import Calendar
from sla_timer.terms import Count, Date, Duration, PositiveDuration

SEVERITIES: list[JsonValue] = [str(severity) for severity in get_args(Severity)]


class Target(Entry):
    """An answer is owed within this time."""

    within: PositiveDuration


class Metric(Entry):
    """What is measured, how it counts, at which percents of the target it warns, and when it stands still (P24)."""

    counts: Literal["support", "elapsed"]
    warnings: tuple[Annotated[Count, Field(lt=100)], ...] = ()
    targets: dict[Severity, Target] = Field(json_schema_extra={"propertyNames": {"enum": SEVERITIES}})
    pauses: tuple[Literal["waiting-for-requester"], ...] = ()

    @field_validator("warnings")
    @classmethod
    def _ascending(cls, percents: tuple[int, ...]) -> tuple[int, ...]:
        if list(percents) != sorted(set(percents)):
            raise ValueError(f"warnings ascend: write {sorted(set(percents))}")
        return percents


class Metrics(Entry):
    """The response clock, and the objective of severities that have no SLA; and what else is promised (P25)."""

    response: Metric
    objective: Metric | None = None
    next_reply: Metric | None = Field(default=None, alias="next-reply")
    update: Metric | None = None
    resolution: Metric | None = None

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.objective and self.objective.pauses != self.response.pauses:
            raise ValueError("response and objective are one clock in two forms; let both pause, or neither")
        return self

    @property
    def by_name(self) -> dict[str, Metric]:
        """Those that the file has."""
        named = ((field.alias or name, getattr(self, name)) for name, field in type(self).model_fields.items())
        return {name: metric for name, metric in named if isinstance(metric, Metric)}


class TierHours(Entry):
    """The calendar by which a tier's support hours are counted."""

    calendar: str


class Tiers(Entry):
    """Every licence tier."""

    enlist: TierHours
    patrol: TierHours
    command: TierHours
    assessment: TierHours


class Rung(Entry):
    """Who is called, how long after the breach."""

    role: Role
    after: Duration


class Ladder(Entry):
    """Who is called one after the other, `rounds` times, anew `every` so often (P23).

    Delays count elapsed time, or support hours of the ticket's calendar.
    """

    rungs: tuple[Rung, ...]
    counts: Literal["support", "elapsed"] = "elapsed"
    rounds: Annotated[Count, Field(le=100)] = 1
    every: PositiveDuration = Field(default=timedelta(days=1), json_schema_extra={"default": "24h"})

    @field_validator("rungs")
    @classmethod
    def _climbs(cls, rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
        if not rungs:
            raise ValueError("a ladder needs a rung, such as {role: engineer, after: 0m}")
        roles, delays = [rung.role for rung in rungs], [rung.after for rung in rungs]
        if twice := sorted({role for role in roles if roles.count(role) > 1}):
            raise ValueError(f"the ladder loops: it comes back to {', '.join(twice)}; name each once and use rounds")
        if delays != sorted(delays) or delays[0]:
            raise ValueError("delays count from the breach: the first is 0m, and none is below the one before")
        return rungs

    @model_validator(mode="after")
    def _rounds_apart(self) -> Self:
        if self.rounds > 1 and self.every <= self.rungs[-1].after:
            raise ValueError(f"the ladder loops into itself; let every exceed its last delay, {self.rungs[-1].after}")
        return self


class Ladders(Entry):
    """The ladder climbed after a breach."""

    breach: Ladder


class WorkingDays(Entry):
    """A deadline in working days."""

    working_days: Annotated[Count, Field(le=366)]


class CalendarDays(Entry):
    """A deadline in calendar days."""

    days: Annotated[Count, Field(le=3653)]


class Feedback(Entry):
    """Deadlines of feedback (P17, P19), counted in this calendar."""

    calendar: str
    acknowledge: WorkingDays
    review: CalendarDays


class Required(Entry):
    """What a ticket must say before its clock starts (P8)."""

    details: tuple[Detail, ...]


class PolicyFile(Entry):
    """A support policy. Holidays by country are resolved from `since`, they and time zones up to `until`."""

    name: str
    since: Date
    until: Date
    metrics: Metrics
    tiers: Tiers
    calendars: dict[str, Calendar]
    ladders: Ladders
    feedback: Feedback
    required: Required

    @field_validator("until")
    @classmethod
    def _ahead(cls, until: date, info: ValidationInfo) -> date:
        if info.context and until < info.context["today"]:
            raise ValueError(f"time zones and holidays have run out on {until}; name a later date")
        if "since" in info.data and until < info.data["since"]:
            raise ValueError(f"until {until} lies before since {info.data['since']}; name a later date")
        return until
