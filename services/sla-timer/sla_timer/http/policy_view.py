"""The policy in force as customers see it: enough to draw a portal's form from. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import get_args

from pydantic import BaseModel, Field

from contracts import policy
from contracts.policy import Counting, Pause
from contracts.sla import Metric, PolicyPublished
from contracts.tickets import Detail, Details, Priority, Severity, Tier
from sla_timer.http.calendar_view import Week, week_of
from sla_timer.policy.feedback import TERMS

LABELS: Mapping[Detail, str] = {
    "product": "Product",
    "product_version": "Product version",
    "os": "Operating system",
    "os_version": "Operating system version",
    "description": "Description",
}
"""Labels of form fields. Intake reads the same labels in mails."""


class RequiredField(BaseModel):
    """A piece of information that a ticket must have before its clock starts (P8)."""

    name: Detail = Field(description="As in `missing` of a ticket", examples=["product_version"])
    label: str = Field(description="What to call it, in English", examples=["Product version"])
    field: str = Field(
        description="Where it goes in the body of intake's `POST /v1/tickets`, from object to object",
        examples=["details.product_version", "description"],
    )


class Target(BaseModel):
    """What is owed at a severity, and within which time."""

    metric: Metric = Field(
        description="`response`: a first answer with resolution details or a plan of action (P13). `objective`: when "
        "that generally comes, where it isn't promised. `next-reply`, `update`, `resolution`: promised too"
    )
    promised: bool = Field(description="False: a goal, and missing it breaks no promise (P10)")
    within_seconds: int = Field(description="In less than so many seconds", examples=[14400])
    counts: Counting = Field(
        description="What these seconds count in: `support`, the hours of the customer's calendar alone; `elapsed`, "
        "all time"
    )
    pauses: list[Pause] = Field(description="When none of them count: while the ticket waits for its requester")


class SeverityView(BaseModel):
    """A severity to choose (P5)."""

    severity: Severity = Field(description="1 is the most severe", examples=[2])
    means: str | None = Field(
        description="When to choose it, in the policy's words; null: the policy doesn't say",
        examples=["Low operational impact. A workaround is readily available."],
    )
    targets: list[Target]


class TierView(BaseModel):
    """A licence tier and its support hours."""

    tier: Tier
    calendar: str = Field(description="Of which `GET /v1/calendars/{name}` tells more", examples=["weekdays"])
    hours: Week = Field(description="Its ordinary hours; an account may have agreed on others (P14)")


class FeedbackView(BaseModel):
    """What is promised about feedback and complaints that are received now (P17-P22)."""

    calendar: str = Field(
        description="Whose working days and hours count, for every tier; see `GET /v1/calendars/{name}`",
        examples=["weekdays"],
    )
    acknowledge_working_days: int = Field(description="Until a person acknowledges it (P17)", examples=[2])
    review_days: int = Field(description="Until a complaint's outcome, or an update (P19)", examples=[7])
    urgent_seconds: int = Field(
        description="Support time until a person answers an urgent complaint (P22)", examples=[14400]
    )
    silence_days: int = Field(description="After an outcome, until silence settles it (P20)", examples=[28])
    ahead_days: int = Field(description="How far ahead an update is promised, at most (P19)", examples=[28])
    marking_working_days: int = Field(
        description="After an outcome, until free words are marked, or else are a dispute (P21)", examples=[2]
    )
    survey_reminder_working_days: int = Field(
        description="Until whoever gave no rating is asked once more (P16)", examples=[5]
    )
    words: list[str] = Field(
        description="All of it in sentences, in English", examples=[["Feedback is acknowledged within 2 working days."]]
    )


class PolicyInForce(BaseModel):
    """The policy that new tickets are judged by, as far as it concerns customers."""

    version: str = Field(description="As tickets and clocks name it", examples=["465bbc91b7938985"])
    name: str = Field(examples=["The vendor's support policy"])
    in_force_since: datetime | None = Field(description="When it was published; null: it isn't known any more")
    required: list[RequiredField] = Field(
        description="What to ask for, in this order. A ticket may be opened without, and waits until it has them"
    )
    severities: list[SeverityView] = Field(description="All there are, the most severe first")
    priorities: list[Priority] = Field(description="All there are, the most urgent first; nothing is promised by them")
    tiers: list[TierView] = Field(description="All there are")
    feedback: FeedbackView = Field(description="What is promised about feedback and complaints")


def policy_view(published: PolicyPublished, since: datetime | None) -> PolicyInForce:
    """The view of a policy, without internals: who is called after a breach, when staff are warned, what is assumed.

    Raises ValueError for a policy that this release can't use.
    """
    calendars, zones = policy.calendars(published), policy.zones(published)
    words, metrics = policy.severities(published), policy.metrics(published)
    return PolicyInForce(
        version=published.version,
        name=published.name,
        in_force_since=since,
        required=[
            RequiredField(name=name, label=LABELS[name], field=_field(name)) for name in policy.required(published)
        ],
        severities=[
            SeverityView(severity=severity, means=words.get(severity), targets=_targets(severity, metrics))
            for severity in get_args(Severity)
        ],
        priorities=list(get_args(Priority)),
        tiers=[
            TierView(tier=tier, calendar=name, hours=week_of(calendars[name], zones))
            for tier, name in policy.tiers(published).items()
        ],
        feedback=_feedback(policy.feedback(published)),
    )


def _feedback(terms: policy.Feedback) -> FeedbackView:
    return FeedbackView(
        calendar=terms.calendar,
        acknowledge_working_days=terms.acknowledge_working_days,
        review_days=terms.review_days,
        urgent_seconds=terms.urgent,
        silence_days=terms.silence_days,
        ahead_days=terms.ahead_days,
        marking_working_days=terms.marking_working_days,
        survey_reminder_working_days=terms.survey_reminder_working_days,
        words=[term.said(terms) for term in TERMS],
    )


def _targets(severity: Severity, metrics: Mapping[Metric, policy.Promise]) -> list[Target]:
    """The targets at a severity, in the order of a ticket's life."""
    owed = ((metric, metrics[metric]) for metric in get_args(Metric) if metric in metrics)
    return [
        Target(
            metric=metric,
            promised=metric != "objective",
            within_seconds=promise.targets[severity],
            counts=promise.counts,
            pauses=list(promise.pauses),
        )
        for metric, promise in owed
        if severity in promise.targets
    ]


def _field(name: Detail) -> str:
    return f"details.{name}" if name in {field.name for field in fields(Details)} else name
