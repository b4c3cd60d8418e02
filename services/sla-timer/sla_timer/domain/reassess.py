"""Same clock, other rules: what a changed severity, tier or calendar makes of it."""

from datetime import datetime
from typing import Literal

from contracts.replacing import replace
from sla_timer.domain.calendar import Calendar
from sla_timer.domain.clock import cancelled
from sla_timer.domain.commands import ChangeEntitlement, ChangeSeverity, MigrateClock
from sla_timer.domain.course import Course
from sla_timer.domain.elapse import verdict
from sla_timer.domain.events import ClockRescheduled, ClockStarted, SlaEvent
from sla_timer.domain.evolve import fold
from sla_timer.domain.policies import Policies
from sla_timer.domain.policy import Policy, Promise
from sla_timer.domain.refusals import OtherPromise
from sla_timer.domain.state import Clock, Leg, Missed, Running, Situation


def change_severity(command: ChangeSeverity, state: Situation) -> list[SlaEvent]:
    """Same start, same course, the new severity's promise; a deadline that has passed by that is a verdict now."""
    match state:
        case Running(clock) | Missed(clock) if clock.severity != command.severity:
            return _judged(state, _reassessed(clock, command), command.at)
        case _:
            return []


def change_entitlement(command: ChangeEntitlement, state: Situation) -> list[SlaEvent]:
    """Support time consumed so far is kept, and the rest counted in the new calendar from now on."""
    match state:
        case Running(clock) | Missed(clock):
            return _entitled(clock, command)
        case _:
            return []


def migrate(command: MigrateClock, state: Situation) -> list[SlaEvent]:
    """Same start, other rules: what is consumed is kept, the rest is owed and counted as the current version says."""
    match state:
        case Running(clock) if clock.versions.policy != command.policies.latest:
            return _judged(state, _migrated(clock, command), command.at)
        case _:
            return []


def _judged(state: Situation, changed: list[SlaEvent], at: datetime) -> list[SlaEvent]:
    """A deadline that has passed by the change is a verdict now."""
    match fold(state, changed):
        case Running(after) if after.due_at <= at:
            return [*changed, *verdict(after, "reclassified", at)]
        case _:
            return changed


def _reassessed(clock: Clock, command: ChangeSeverity) -> list[SlaEvent]:
    promise = command.policies[clock.versions.policy].promises[command.severity]
    after = replace(clock, severity=command.severity)
    if promise.metric == clock.metric:
        return [_rescheduled(after, "severity", promise, command.at, command.policies)]
    return [cancelled(clock, "severity", command.at), _restarted(after, promise, command.at, command.policies)]


def _entitled(clock: Clock, command: ChangeEntitlement) -> list[SlaEvent]:
    own = command.policies[clock.versions.policy]
    policy = _knowing(command, own)
    calendar = policy.calendar_for(command.tier, command.calendar)
    if (clock.tier, clock.calendar) == (command.tier, calendar.name):
        return []
    after = _counted_on(replace(clock, tier=command.tier), policy, calendar, command.at, command.policies)
    return [_rescheduled(after, "entitlement", own.promises[clock.severity], command.at, command.policies)]


def _migrated(clock: Clock, command: MigrateClock) -> list[SlaEvent]:
    old, new = command.policies[clock.versions.policy], command.policies.current
    promise = new.promises[clock.severity]
    if promise.metric != clock.metric:
        raise OtherPromise(
            f"Severity {clock.severity} has a clock for {clock.metric}, and now one for {promise.metric}."
        )
    agreed = None if clock.calendar == old.tiers[clock.tier] else clock.calendar
    after = _counted_on(clock, new, new.calendar_for(clock.tier, agreed), command.at, command.policies)
    return [_rescheduled(after, "policy", promise, command.at, command.policies)]


def _counted_on(clock: Clock, policy: Policy, calendar: Calendar, at: datetime, policies: Policies) -> Clock:
    """What is consumed so far is kept, and the rest counted in this calendar from now on, or from its next opening."""
    running = at >= clock.started_at
    since = at if running else calendar.next_opening(at)
    consumed = Course(started_at=clock.started_at, legs=clock.course, policies=policies).consumed(at)
    leg = Leg(since=since, consumed=consumed, calendar=calendar.name, policy=policy.version)
    return replace(
        clock,
        started_at=clock.started_at if running else since,
        course=(*clock.course, leg) if running else (leg,),
        versions=policy.versions(calendar),
    )


def _knowing(command: ChangeEntitlement, own: Policy) -> Policy:
    """The clock's own version of the policy, unless only the current one knows the calendar newly agreed on."""
    return own if command.calendar is None or command.calendar in own.calendars else command.policies.current


def _rescheduled(
    clock: Clock,
    cause: Literal["severity", "entitlement", "policy"],
    promise: Promise,
    at: datetime,
    policies: Policies,
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
        changed_at=at,
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
        number=clock.number,
        account_id=clock.account_id,
    )
