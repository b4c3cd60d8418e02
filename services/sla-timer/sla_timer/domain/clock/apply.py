"""The clock after an event that starts, voids or reschedules it."""

from datetime import timedelta

from contracts.replacing import replace
from sla_timer.domain.clock.segments import running_from, with_earlier_start, with_segment
from sla_timer.domain.events import ClockAwaited, ClockRescheduled, ClockStarted, ClockUnowed
from sla_timer.domain.state import (
    AwaitingInformation,
    Breached,
    Cancelled,
    Clock,
    Met,
    Missed,
    Paused,
    Running,
    Segment,
    Situation,
    StreamAlarms,
    Unowed,
)

TERMS = ("severity", "tier", "versions", "agreed", "unknown_calendar")


def generation_of(state: Situation) -> int:
    """How often this stream has set its timers: a timer of an earlier generation is stale."""
    match state:
        case Running(clock) | Paused(clock) | Unowed(clock) | Missed(clock) | Breached(clock):
            return clock.generation
        case Met(clock) | Cancelled(clock) if clock:
            return clock.generation
        case Cancelled(awaited=awaited) if awaited:
            return awaited.generation
        case AwaitingInformation(generation=generation) | StreamAlarms(generation=generation):
            return generation
        case _:
            return 0


def awaited(event: ClockAwaited, state: Situation) -> AwaitingInformation:
    """The state of a clock that will start when the information is complete."""
    return AwaitingInformation(
        ticket_id=event.ticket_id,
        metric=event.metric,
        severity=event.severity,
        tier=event.tier,
        calendar=event.calendar,
        versions=event.versions,
        generation=generation_of(state),
        number=event.number,
        account_id=event.account_id,
    )


def void(clock: Clock) -> AwaitingInformation:
    """The state of a clock that must start again, since its information was found incomplete."""
    return AwaitingInformation(
        ticket_id=clock.ticket_id,
        metric=clock.metric,
        severity=clock.severity,
        tier=clock.tier,
        calendar=clock.calendar if clock.agreed else None,
        versions=clock.versions,
        generation=clock.generation,
        number=clock.number,
        account_id=clock.account_id,
    )


def started(event: ClockStarted, state: Situation) -> Clock:
    """The clock that starts. It continues the segments of an unowed clock, and runs even if that one was paused."""
    policy = event.versions.policy
    first = Segment(since=event.started_at, consumed=timedelta(0), calendar=event.calendar, policy=policy)
    segments: tuple[Segment, ...] = (first,)
    if isinstance(state, Unowed):
        segments = running_from(state.clock, event.changed_at).segments if event.changed_at else state.clock.segments
    return Clock(
        ticket_id=event.ticket_id,
        metric=event.metric,
        severity=event.severity,
        tier=event.tier,
        received_at=event.received_at,
        started_at=event.started_at,
        segments=segments,
        target=event.target,
        due_at=event.due_at,
        warnings=event.warnings,
        versions=event.versions,
        generation=generation_of(state) + 1,
        number=event.number,
        account_id=event.account_id,
        agreed=event.agreed,
        unknown_calendar=event.unknown_calendar,
        changed_at=event.changed_at or event.received_at,
    )


def unowed(event: ClockUnowed, state: Situation) -> Clock:
    """The clock that goes on counting while nothing is owed."""
    if isinstance(state, Unowed):
        terms = {name: getattr(event, name) for name in TERMS}
        moved = replace(_begun(state.clock, event), changed_at=event.changed_at or event.received_at, **terms)
        return with_segment(moved, event.counted_from, _segment(event))
    return Clock(
        ticket_id=event.ticket_id,
        metric=event.metric,
        severity=event.severity,
        tier=event.tier,
        received_at=event.received_at,
        started_at=event.started_at,
        segments=(_segment(event),),
        target=timedelta(0),
        due_at=event.started_at,
        warnings=(),
        versions=event.versions,
        generation=generation_of(state),
        number=event.number,
        account_id=event.account_id,
        agreed=event.agreed,
        unknown_calendar=event.unknown_calendar,
        changed_at=event.changed_at or event.received_at,
    )


def _begun(clock: Clock, event: ClockRescheduled | ClockUnowed) -> Clock:
    if event.ahead is None:
        return replace(clock, started_at=event.started_at)
    return with_earlier_start(clock, event.started_at, event.ahead)


def _segment(event: ClockRescheduled | ClockUnowed) -> Segment:
    policy = event.counted_by or event.versions.policy
    return Segment(since=event.counted_from, consumed=event.consumed, calendar=event.calendar, policy=policy)


def rescheduled(event: ClockRescheduled, clock: Clock) -> Clock:
    """The clock after its deadline was computed by other rules."""
    moved = _begun(clock, event)
    return replace(
        with_segment(moved, event.counted_from, _segment(event)),
        severity=event.severity,
        tier=event.tier,
        target=event.target,
        due_at=event.due_at,
        warnings=event.warnings,
        versions=event.versions,
        generation=clock.generation + 1,
        agreed=event.agreed,
        unknown_calendar=event.unknown_calendar,
        changed_at=event.changed_at or clock.changed_at,
    )
