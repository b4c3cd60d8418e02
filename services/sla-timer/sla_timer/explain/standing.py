"""How a clock stands at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from contracts.sla import Metric, Threshold, Versions
from contracts.tickets import Severity, Tier
from sla_timer.domain.course import ZERO, Course
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Clock
from sla_timer.explain.history import History
from sla_timer.store import STATES

State = Literal["waiting", "running", "met", "missed", "breached", "cancelled"]
Counts = Literal["support", "elapsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A promise as it stands `at` an instant. Support time is exact to the microsecond.

    `counts`: whether `target`, `consumed`, `remaining` and `breached_by` are support hours or elapsed time. `percent`:
    how much of the target is used up, 100 at the deadline. `breached_by`: what is used up beyond the target, up to the
    late answer or, without one, to `at`. `warned`: the percent of the last of `warnings_given`; `warnings`: to come.
    `evidence`: `settled`, if the breach was announced with all that had been recorded before it, otherwise it may be
    retracted. `known_until`: the last date that the calendar knows, if the deadline lies beyond it. What there is not
    (yet) is null.
    """

    ticket_id: UUID
    number: str | None
    metric: Metric
    state: State
    at: datetime
    severity: Severity | None = None
    tier: Tier | None = None
    calendar: str | None = None
    counts: Counts = "support"
    received_at: datetime | None = None
    started_at: datetime | None = None
    target: timedelta | None = None
    due_at: datetime | None = None
    consumed: timedelta = ZERO
    remaining: timedelta | None = None
    percent: float | None = None
    warned: int | None = None
    warnings_given: Sequence[Threshold] = ()
    warnings: Sequence[Threshold] = ()
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    breached_by: timedelta | None = None
    breach_cause: Literal["deadline", "reclassified"] | None = None
    evidence: Literal["settled", "grace", "parked"] | None = None
    cancelled_at: datetime | None = None
    cancelled_for: str | None = None
    versions: Versions | None = None
    known_until: str | None = None


def counts_of(clock: Clock, policies: Policies) -> Counts:
    """What a clock's promise is counted in."""
    return policies[clock.versions.policy].promises[clock.severity].counts


def course_of(clock: Clock, policies: Policies) -> Course:
    """How it has run."""
    return Course(started_at=clock.started_at, legs=clock.course, policies=policies)


def ended(told: History, at: datetime) -> datetime:
    """Until when it counts: the end of the clock, or the instant asked about."""
    return min(told.ended_at or at, at)


def stands(told: History, at: datetime, policies: Policies, ticket_id: UUID, number: str | None) -> Standing:
    """How it stands at `at`; `told`: what had happened by then. Raises UnknownPolicy, UnknownCalendar."""
    state = cast(State, STATES[type(told.state)])
    promised = told.promised or told.awaited
    standing = Standing(
        ticket_id=ticket_id,
        number=number,
        metric=told.metric,
        state="cancelled" if state == "waiting" and told.ended_at else state,
        at=at,
        severity=promised.severity if promised else None,
        tier=promised.tier if promised else None,
        warned=told.given[-1].percent if told.given else None,
        warnings_given=tuple(told.given),
        responded_at=told.answer.responded_at if told.answer else None,
        cancelled_at=told.ended_at if state in ("waiting", "cancelled") else None,
        cancelled_for=told.cancelled.cause
        if told.cancelled
        else "severity"
        if state == "waiting" and told.ended_at
        else None,
        versions=told.answer.versions if told.answer else None,
    )
    return standing if told.clock is None else _counted(standing, told, told.clock, policies)


def _counted(standing: Standing, told: History, clock: Clock, policies: Policies) -> Standing:
    end, counts = ended(told, standing.at), counts_of(clock, policies)
    course = course_of(clock, policies)
    consumed = course.consumed(end) if counts == "support" else max(end - clock.started_at, ZERO)
    breach = told.breach
    return replace(
        standing,
        calendar=clock.calendar,
        counts=counts,
        received_at=clock.received_at,
        started_at=clock.started_at,
        target=clock.target,
        due_at=clock.due_at,
        consumed=consumed,
        remaining=max(clock.target - consumed, ZERO) if standing.state == "running" else None,
        percent=consumed * 10_000 // clock.target / 100,
        warnings=clock.warnings if standing.state == "running" else (),
        breached_at=breach.breached_at if breach else None,
        breached_by=max(consumed - clock.target, ZERO) if breach else None,
        breach_cause=breach.cause if breach else None,
        evidence=breach.evidence if breach else None,
        versions=clock.versions,
        known_until=told.promised.known_until if told.promised else None,
    )
