"""How a clock ends: kept, void or cancelled. What was due before has been decided by `elapse` already."""

from datetime import datetime
from typing import Any, Literal

from contracts.replacing import replace
from sla_timer.domain.clock.timeline import ZERO, Timeline
from sla_timer.domain.commands import EndClock, Fulfil, RecordResponse, VoidClock
from sla_timer.domain.events import AnsweredLate, ClockCancelled, SlaEvent, SlaMet
from sla_timer.domain.state import AwaitingInformation, Breached, Clock, Missed, Paused, Running, Situation, Unowed
from sla_timer.policy.promise import FURTHER_KINDS
from sla_timer.policy.versions import Policies

Cause = Literal["incomplete", "severity", "merged", "closed"]


def void_clock(command: VoidClock, state: Situation) -> list[SlaEvent]:
    """The information is incomplete: the clock is void and will start again. A breach stays; no second one comes."""
    match state:
        case Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            return [cancelled(clock, "incomplete", command.at)]
        case _:
            return []


def record_response(command: RecordResponse, state: Situation) -> list[SlaEvent]:
    """Record the first answer. Before any clock has started it counts as kept, with no time used up."""
    if not isinstance(state, AwaitingInformation):
        return fulfil(command, state)
    policy = command.policies.current
    promise = policy.promise("response", command.severity)
    return [
        SlaMet(
            ticket_id=command.ticket_id,
            metric=promise.metric if promise else "response",
            responded_at=command.at,
            due_at=None,
            elapsed=ZERO,
            versions=policy.versions(policy.hours_for(command.tier, command.calendar).calendar),
        )
    ]


def fulfil(command: Fulfil | RecordResponse, state: Situation) -> list[SlaEvent]:
    """The promise is kept if its deadline has not passed.

    A late answer doesn't change the verdict. It is recorded to show how late it was, and for what-if.
    """
    match state:
        case Running(clock) | Missed(clock) if command.at < clock.due_at:
            return [SlaMet(due_at=clock.due_at, **_done(clock, command.at, command.policies))]
        case Paused(clock):
            return [SlaMet(due_at=None, **_done(clock, command.at, command.policies))]
        case Breached(clock, answered=False) | Missed(clock):
            return [AnsweredLate(due_at=clock.due_at, **_done(clock, command.at, command.policies))]
        case Unowed(clock):
            return [cancelled(clock, "closed", command.at)]
        case _:
            return []


def end_clock(command: EndClock, state: Situation) -> list[SlaEvent]:
    """Nothing is owed any more. A breach stays on record, but its late reply, update or resolution isn't expected."""
    match state:
        case Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            return [cancelled(clock, command.cause, command.at)]
        case Breached(clock, answered=False) if clock.metric in FURTHER_KINDS:
            return [cancelled(clock, command.cause, command.at)]
        case AwaitingInformation(versions=versions):
            policy = command.policies.current
            rules = versions or policy.versions(policy.calendar_for(state.tier, None))
            return [cancelled(replace(state, versions=rules), command.cause, command.at)]
        case _:
            return []


def cancelled(clock: Clock | AwaitingInformation, cause: Cause, at: datetime) -> ClockCancelled:
    """The event that ends the clock, or keeps it from starting, without a verdict."""
    assert clock.versions, "what is cancelled follows some rules"
    return ClockCancelled(
        ticket_id=clock.ticket_id, metric=clock.metric, cause=cause, versions=clock.versions, changed_at=at
    )


def _done(clock: Clock, at: datetime, policies: Policies) -> dict[str, Any]:
    promise = clock.promise_by(policies)
    assert promise, "a clock runs only where something is promised"
    return {
        "ticket_id": clock.ticket_id,
        "metric": clock.metric,
        "responded_at": at,
        "elapsed": Timeline.of(clock, policies).elapsed(promise, at),
        "versions": clock.versions,
    }
