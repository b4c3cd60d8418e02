"""What a fact means for a clock. Whatever was due before the fact has been decided already, by `elapse`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.tickets import Severity, Tier
from sla_timer.domain.commands import (
    AwaitInformation,
    CompleteInformation,
    RecordResponse,
    StartClock,
    VoidClock,
    WithdrawTicket,
)
from sla_timer.domain.course import ZERO, Course
from sla_timer.domain.events import ClockAwaited, ClockCancelled, ClockStarted, SlaEvent, SlaMet
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Clock, Leg, Missed, Nothing, Running, Situation, Waiting


def await_information(command: AwaitInformation, state: Situation) -> list[SlaEvent]:
    """No clock runs before the information is complete (P12)."""
    match state:
        case Nothing():
            return [awaited(command.ticket_id, command.severity, command.tier, command.calendar, command.policies)]
        case _:
            return []


def start_clock(command: StartClock, state: Situation) -> list[SlaEvent]:
    """The helpdesk was notified with all required information (P12)."""
    match state:
        case Nothing():
            return [
                _started(
                    command.at, command.ticket_id, command.severity, command.tier, command.calendar, command.policies
                )
            ]
        case _:
            return []


def complete_information(command: CompleteInformation, state: Situation) -> list[SlaEvent]:
    """What was missing has come: the clock starts, by what the ticket is now."""
    match state:
        case Waiting():
            return [_started(command.at, state.ticket_id, state.severity, state.tier, state.calendar, command.policies)]
        case _:
            return []


def void_clock(command: VoidClock, state: Situation) -> list[SlaEvent]:
    """Found incomplete: the clock is void and will start anew. A breach stays on record, and no second one comes."""
    match state:
        case Running(clock) | Missed(clock):
            own = command.policies[clock.versions.policy].tiers[clock.tier] == clock.calendar
            agreed = None if own else clock.calendar
            return [
                cancelled(clock, "incomplete"),
                awaited(clock.ticket_id, clock.severity, clock.tier, agreed, command.policies),
            ]
        case _:
            return []


def record_response(command: RecordResponse, state: Situation) -> list[SlaEvent]:
    """Answered: in time if the deadline has not passed, which `elapse` would have said."""
    match state:
        case Running(clock) | Missed(clock) if command.at < clock.due_at:
            promise = command.policies[clock.versions.policy].promises[clock.severity]
            course = Course(started_at=clock.started_at, legs=clock.course, policies=command.policies)
            return [
                SlaMet(
                    ticket_id=clock.ticket_id,
                    metric=clock.metric,
                    responded_at=command.at,
                    due_at=clock.due_at,
                    elapsed=course.elapsed(promise, command.at),
                    versions=clock.versions,
                )
            ]
        case Waiting():
            policy = command.policies.current
            return [
                SlaMet(
                    ticket_id=state.ticket_id,
                    metric=state.metric,
                    responded_at=command.at,
                    due_at=None,
                    elapsed=ZERO,
                    versions=policy.versions(policy.calendar_for(state.tier, state.calendar)),
                )
            ]
        case _:
            return []


def withdraw(command: WithdrawTicket, state: Situation) -> list[SlaEvent]:
    """The requester closed it without needing an answer."""
    match state:
        case Running(clock) | Missed(clock):
            return [cancelled(clock, "withdrawn")]
        case Waiting():
            policy = command.policies.current
            versions = policy.versions(policy.calendar_for(state.tier, state.calendar))
            return [
                ClockCancelled(ticket_id=state.ticket_id, metric=state.metric, cause="withdrawn", versions=versions)
            ]
        case _:
            return []


def awaited(ticket_id: UUID, severity: Severity, tier: Tier, agreed: str | None, policies: Policies) -> ClockAwaited:
    """The clock will be of this kind once it starts."""
    metric = policies.current.promises[severity].metric
    return ClockAwaited(ticket_id=ticket_id, metric=metric, severity=severity, tier=tier, calendar=agreed)


def cancelled(clock: Clock, cause: Literal["incomplete", "severity", "withdrawn"]) -> ClockCancelled:
    """The promise is void."""
    return ClockCancelled(ticket_id=clock.ticket_id, metric=clock.metric, cause=cause, versions=clock.versions)


def _started(
    at: datetime, ticket_id: UUID, severity: Severity, tier: Tier, agreed: str | None, policies: Policies
) -> ClockStarted:
    policy = policies.current
    calendar = policy.calendar_for(tier, agreed)
    promise = policy.promises[severity]
    started_at = calendar.next_opening(at)
    leg = Leg(since=started_at, consumed=ZERO, calendar=calendar.name, policy=policy.version)
    course = Course(started_at=started_at, legs=(leg,), policies=policies)
    due_at = course.due(promise)
    return ClockStarted(
        ticket_id=ticket_id,
        metric=promise.metric,
        severity=severity,
        tier=tier,
        calendar=calendar.name,
        received_at=at,
        started_at=started_at,
        target=promise.target,
        due_at=due_at,
        warnings=course.warnings(promise, at),
        versions=policy.versions(calendar),
        known_until=course.known_until(due_at),
    )
