"""Pauses: while a ticket waits for its requester (P24), and between its closing and its reopening.

The time used up before is kept. A pause extends a support-hours promise only by the support hours in it.
"""

from datetime import datetime, timedelta
from typing import Literal

from sla_timer.domain.clock.segments import is_paused, running_from, stopped_from
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.commands import PauseClock, ReopenClock, ResumeClock
from sla_timer.domain.events import ClockAwaited, ClockPaused, ClockResumed, ClockStarted, ClockUnowed, SlaEvent
from sla_timer.domain.state import (
    AwaitingInformation,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Situation,
    Unowed,
)
from sla_timer.policy.promise import kind_of
from sla_timer.policy.versions import Policies


def pause(command: PauseClock, state: Situation) -> list[SlaEvent]:
    """Pause the clock, if its policy says so. Before its start a clock has used up nothing, and starts paused."""
    match state:
        case Running(clock) | Missed(clock) | Unowed(clock) if not is_paused(clock) and may_pause(
            clock, command.policies
        ):
            return [paused(clock, Timeline.of(clock, command.policies).consumed(command.at), command.at)]
        case _:
            return []


def resume(command: ResumeClock, state: Situation) -> list[SlaEvent]:
    """The clock goes on; its deadline and the remaining warnings are computed again."""
    match state:
        case Paused(clock) | Missed(clock) | Unowed(clock) if is_paused(clock):
            owed = isinstance(state, Paused)
            return [_resumed(running_from(clock, command.at), "requester", command.at, command.policies, owed=owed)]
        case _:
            return []


def reopen(command: ReopenClock, state: Situation) -> list[SlaEvent]:
    """The clock goes on with what was used up when the ticket was settled. A first answer is not owed again.

    A clock that awaited information when the ticket was closed awaits it again.
    """
    match state:
        case Cancelled(since=since, awaited=awaited) if awaited and since:
            return [_awaited_again(awaited, command.at)]
        case Met(clock, since) | Cancelled(clock, since) if clock and since and kind_of(clock.metric) != "response":
            consumed = Timeline.of(clock, command.policies).consumed(since)
            rested = running_from(stopped_from(clock, since, consumed), command.at)
            return [_resumed(rested, "reopened", command.at, command.policies, owed=bool(clock.target))]
        case _:
            return []


def may_pause(clock: Clock, policies: Policies) -> bool:
    """Whether the policy version that a clock follows lets it pause."""
    return policies[clock.versions.policy].pauses(kind_of(clock.metric))


def paused(clock: Clock | ClockStarted | ClockUnowed, consumed: timedelta, at: datetime) -> ClockPaused:
    """The event of a clock that is paused."""
    return ClockPaused(
        ticket_id=clock.ticket_id, metric=clock.metric, paused_at=at, consumed=consumed, versions=clock.versions
    )


def _awaited_again(waiting: AwaitingInformation, at: datetime) -> ClockAwaited:
    """The event of a reopened ticket that still lacks information."""
    return ClockAwaited(
        ticket_id=waiting.ticket_id,
        metric=waiting.metric,
        severity=waiting.severity,
        tier=waiting.tier,
        calendar=waiting.calendar,
        number=waiting.number,
        account_id=waiting.account_id,
        received_at=at,
        versions=waiting.versions,
    )


def _resumed(
    clock: Clock, cause: Literal["requester", "reopened"], at: datetime, policies: Policies, *, owed: bool
) -> ClockResumed:
    promise = clock.promise_by(policies) if owed else None
    timeline = Timeline.of(clock, policies)
    due_at = timeline.due(promise) if promise else None
    return ClockResumed(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        cause=cause,
        resumed_at=at,
        consumed=clock.segments[-1].consumed,
        due_at=due_at,
        warnings=timeline.warnings(promise, at) if promise else (),
        versions=clock.versions,
        known_until=timeline.known_until(due_at) if due_at else None,
    )
