"""What a fact means for a clock. Whatever was due before the fact has been decided already, by `elapse`."""

from datetime import datetime, timedelta
from typing import Literal

from sla_timer.domain.commands import AwaitInformation, RecordResponse, StartClock, VoidClock, WithdrawTicket
from sla_timer.domain.course import ZERO, Course
from sla_timer.domain.events import AnsweredLate, ClockAwaited, ClockCancelled, ClockStarted, SlaEvent, SlaMet
from sla_timer.domain.state import Breached, Clock, Leg, Missed, Nothing, Running, Situation, Waiting


def await_information(command: AwaitInformation, state: Situation) -> list[SlaEvent]:
    """No clock runs before the information is complete (P12)."""
    if not isinstance(state, Nothing):
        return []
    return [
        ClockAwaited(
            ticket_id=command.ticket_id,
            metric=command.policies.current.promises[command.severity].metric,
            severity=command.severity,
            tier=command.tier,
            calendar=command.calendar,
            number=command.number,
            account_id=command.account_id,
            received_at=command.at,
        )
    ]


def start_clock(command: StartClock, state: Situation) -> list[SlaEvent]:
    """The helpdesk has been notified with all required information: now, or at the next opening (P12)."""
    if not isinstance(state, Nothing | Waiting):
        return []
    policy = command.policies.current
    calendar, promise = policy.calendar_for(command.tier, command.calendar), policy.promises[command.severity]
    started_at = calendar.next_opening(command.at)
    first = Leg(since=started_at, consumed=ZERO, calendar=calendar.name, policy=policy.version)
    course = Course(started_at=started_at, legs=(first,), policies=command.policies)
    due_at = course.due(promise)
    known: StartClock | Waiting = state if isinstance(state, Waiting) else command
    return [
        ClockStarted(
            ticket_id=command.ticket_id,
            metric=promise.metric,
            severity=command.severity,
            tier=command.tier,
            calendar=calendar.name,
            received_at=command.at,
            started_at=started_at,
            target=promise.target,
            due_at=due_at,
            warnings=course.warnings(promise, command.at),
            versions=policy.versions(calendar),
            known_until=course.known_until(due_at),
            number=known.number,
            account_id=known.account_id,
        )
    ]


def void_clock(command: VoidClock, state: Situation) -> list[SlaEvent]:
    """Found incomplete: the clock is void and will start anew. A breach stays on record, and no second one comes."""
    match state:
        case Running(clock) | Missed(clock):
            return [cancelled(clock, "incomplete", command.at)]
        case _:
            return []


def record_response(command: RecordResponse, state: Situation) -> list[SlaEvent]:
    """Answered: in time if the deadline has not passed, and before any clock started in no time at all.

    Late, that changes nothing; but it is on record, for whoever asks how late, or what another promise had made of it.
    """
    match state:
        case Running(clock) | Missed(clock) if command.at < clock.due_at:
            return [
                SlaMet(
                    ticket_id=clock.ticket_id,
                    metric=clock.metric,
                    responded_at=command.at,
                    due_at=clock.due_at,
                    elapsed=_elapsed(clock, command),
                    versions=clock.versions,
                )
            ]
        case Breached(clock, answered=False) | Missed(clock):
            return [
                AnsweredLate(
                    ticket_id=clock.ticket_id,
                    metric=clock.metric,
                    responded_at=command.at,
                    due_at=clock.due_at,
                    elapsed=_elapsed(clock, command),
                    versions=clock.versions,
                )
            ]
        case Waiting():
            policy = command.policies.current
            return [
                SlaMet(
                    ticket_id=command.ticket_id,
                    metric=policy.promises[command.severity].metric,
                    responded_at=command.at,
                    due_at=None,
                    elapsed=ZERO,
                    versions=policy.versions(policy.calendar_for(command.tier, command.calendar)),
                )
            ]
        case _:
            return []


def withdraw(command: WithdrawTicket, state: Situation) -> list[SlaEvent]:
    """The requester closed it without needing an answer."""
    match state:
        case Running(clock) | Missed(clock):
            return [cancelled(clock, "withdrawn", command.at)]
        case _:
            return []


def cancelled(clock: Clock, cause: Literal["incomplete", "severity", "withdrawn"], at: datetime) -> ClockCancelled:
    """The promise is void."""
    return ClockCancelled(
        ticket_id=clock.ticket_id, metric=clock.metric, cause=cause, versions=clock.versions, changed_at=at
    )


def _elapsed(clock: Clock, command: RecordResponse) -> timedelta:
    promise = command.policies[clock.versions.policy].promises[clock.severity]
    course = Course(started_at=clock.started_at, legs=clock.course, policies=command.policies)
    return course.elapsed(promise, command.at)
