"""The events of a clock whose rules changed. The clock given is the changed one, and its last segment runs."""

from datetime import datetime, timedelta
from typing import Literal

from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.events import ClockRescheduled, ClockStarted, ClockUnowed
from sla_timer.domain.state import Clock
from sla_timer.policy.promise import Promise
from sla_timer.policy.versions import Policies


def rescheduled(
    clock: Clock,
    cause: Literal["severity", "entitlement", "policy", "absorbed"],
    promise: Promise,
    at: datetime,
    policies: Policies,
    ahead: timedelta | None = None,
) -> ClockRescheduled:
    """The same promise has another deadline."""
    timeline = Timeline.of(clock, policies)
    segment, due_at = clock.segments[-1], timeline.due(promise)
    return ClockRescheduled(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        cause=cause,
        severity=clock.severity,
        tier=clock.tier,
        calendar=segment.calendar,
        started_at=clock.started_at,
        counted_from=segment.since,
        consumed=segment.consumed,
        target=promise.target,
        due_at=due_at,
        warnings=timeline.warnings(promise, at),
        versions=clock.versions,
        known_until=timeline.known_until(due_at),
        changed_at=at,
        ahead=ahead,
        agreed=clock.agreed,
        unknown_calendar=clock.unknown_calendar,
        counted_by=_counted_by(clock),
    )


def unowed(clock: Clock, at: datetime, ahead: timedelta | None = None) -> ClockUnowed:
    """Nothing is promised any more; the event keeps how much time has been used up."""
    segment = clock.segments[-1]
    return ClockUnowed(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        severity=clock.severity,
        tier=clock.tier,
        calendar=segment.calendar,
        received_at=clock.received_at,
        started_at=clock.started_at,
        counted_from=segment.since,
        consumed=segment.consumed,
        versions=clock.versions,
        number=clock.number,
        account_id=clock.account_id,
        changed_at=at,
        ahead=ahead,
        agreed=clock.agreed,
        unknown_calendar=clock.unknown_calendar,
        counted_by=_counted_by(clock),
    )


def restarted(clock: Clock, promise: Promise, at: datetime, policies: Policies) -> ClockStarted:
    """Another promise starts, with the timeline so far."""
    timeline = Timeline.of(clock, policies)
    due_at = timeline.due(promise)
    return ClockStarted(
        ticket_id=clock.ticket_id,
        metric=promise.metric,
        severity=clock.severity,
        tier=clock.tier,
        calendar=clock.calendar,
        received_at=clock.received_at,
        started_at=clock.started_at,
        target=promise.target,
        due_at=due_at,
        warnings=timeline.warnings(promise, at),
        versions=clock.versions,
        known_until=timeline.known_until(due_at),
        number=clock.number,
        account_id=clock.account_id,
        changed_at=at,
        agreed=clock.agreed,
        unknown_calendar=clock.unknown_calendar,
    )


def _counted_by(clock: Clock) -> str | None:
    """The version whose calendar counts, unless it is the version that the promise follows."""
    counting = clock.segments[-1].policy
    return None if counting == clock.versions.policy else counting
