"""Same clock, other rules: what a changed severity, tier or calendar makes of it."""

from datetime import datetime
from typing import Literal

from contracts.replacing import replace
from sla_timer.domain.clock import cancelled
from sla_timer.domain.commands import ChangeEntitlement, ChangeSeverity
from sla_timer.domain.course import Course
from sla_timer.domain.elapse import verdict
from sla_timer.domain.events import ClockRescheduled, ClockStarted, SlaEvent
from sla_timer.domain.evolve import fold
from sla_timer.domain.policies import Policies
from sla_timer.domain.policy import Policy, Promise
from sla_timer.domain.state import Clock, Leg, Missed, Running, Situation


def change_severity(command: ChangeSeverity, state: Situation) -> list[SlaEvent]:
    """Same start, same course, the new severity's promise; a deadline that has passed by that is a verdict now."""
    match state:
        case Running(clock) | Missed(clock) if clock.severity != command.severity:
            changed = _reassessed(clock, command)
            match fold(state, changed):
                case Running(after) if after.due_at <= command.at:
                    return [*changed, *verdict(after, "reclassified", command.at)]
                case _:
                    return changed
        case _:
            return []


def change_entitlement(command: ChangeEntitlement, state: Situation) -> list[SlaEvent]:
    """Support time consumed so far is kept, and the rest counted in the new calendar from now on."""
    match state:
        case Running(clock) | Missed(clock):
            return _entitled(clock, command)
        case _:
            return []


def _reassessed(clock: Clock, command: ChangeSeverity) -> list[SlaEvent]:
    promise = command.policies[clock.versions.policy].promises[command.severity]
    after = replace(clock, severity=command.severity)
    if promise.metric == clock.metric:
        return [_rescheduled(after, "severity", promise, command.at, command.policies)]
    return [cancelled(clock, "severity"), _restarted(after, promise, command.at, command.policies)]


def _entitled(clock: Clock, command: ChangeEntitlement) -> list[SlaEvent]:
    own = command.policies[clock.versions.policy]
    policy = _knowing(command, own)
    calendar = policy.calendar_for(command.tier, command.calendar)
    if (clock.tier, clock.calendar) == (command.tier, calendar.name):
        return []
    at, course = command.at, Course(started_at=clock.started_at, legs=clock.course, policies=command.policies)
    running = at >= clock.started_at
    since = at if running else calendar.next_opening(at)
    leg = Leg(since=since, consumed=course.consumed(at), calendar=calendar.name, policy=policy.version)
    after = replace(
        clock,
        tier=command.tier,
        started_at=clock.started_at if running else since,
        course=(*clock.course, leg) if running else (leg,),
        versions=policy.versions(calendar),
    )
    return [_rescheduled(after, "entitlement", own.promises[clock.severity], at, command.policies)]


def _knowing(command: ChangeEntitlement, own: Policy) -> Policy:
    """The clock's own version of the policy, unless only the current one knows the calendar newly agreed on."""
    return own if command.calendar is None or command.calendar in own.calendars else command.policies.current


def _rescheduled(
    clock: Clock, cause: Literal["severity", "entitlement"], promise: Promise, at: datetime, policies: Policies
) -> ClockRescheduled:
    course = Course(started_at=clock.started_at, legs=clock.course, policies=policies)
    leg, due_at = clock.course[-1], course.due(promise)
    return ClockRescheduled(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        cause=cause,
        severity=clock.severity,
        tier=clock.tier,
        calendar=leg.calendar,
        started_at=clock.started_at,
        counted_from=leg.since,
        consumed=leg.consumed,
        target=promise.target,
        due_at=due_at,
        warnings=course.warnings(promise, at),
        versions=clock.versions,
        known_until=course.known_until(due_at),
    )


def _restarted(clock: Clock, promise: Promise, at: datetime, policies: Policies) -> ClockStarted:
    course = Course(started_at=clock.started_at, legs=clock.course, policies=policies)
    due_at = course.due(promise)
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
        warnings=course.warnings(promise, at),
        versions=clock.versions,
        known_until=course.known_until(due_at),
    )
