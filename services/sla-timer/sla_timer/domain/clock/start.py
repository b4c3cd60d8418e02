"""How a clock begins: awaited until the information is complete, then started."""

from typing import Any

from sla_timer.domain.clock.pause import paused
from sla_timer.domain.clock.segments import is_paused
from sla_timer.domain.clock.timeline import ZERO, Timeline
from sla_timer.domain.commands import AwaitInformation, StartClock
from sla_timer.domain.events import ClockAwaited, ClockStarted, ClockUnowed, SlaEvent
from sla_timer.domain.state import AwaitingInformation, Breached, Cancelled, Met, Nothing, Segment, Situation
from sla_timer.policy.promise import Kind


def await_information(command: AwaitInformation, state: Situation) -> list[SlaEvent]:
    """No clock runs before the information is complete (P12)."""
    policy = command.policies.current
    if not isinstance(state, Nothing) or not policy.promised(command.kind):
        return []
    promise = policy.promise(command.kind, command.severity)
    hours = policy.hours_for(command.tier, command.calendar)
    return [
        ClockAwaited(
            ticket_id=command.ticket_id,
            metric=promise.metric if promise else command.kind,
            severity=command.severity,
            tier=command.tier,
            calendar=command.calendar,
            number=command.number,
            account_id=command.account_id,
            received_at=command.at,
            versions=policy.versions(hours.calendar),
            unknown_calendar=hours.unknown,
        )
    ]


def start_clock(command: StartClock, state: Situation) -> list[SlaEvent]:
    """Start the clock now or, if the desk is closed, at its next opening (P12)."""
    policy = command.policies.current
    if not _startable(command.kind, state) or not policy.promised(command.kind):
        return []
    hours = policy.hours_for(command.tier, command.calendar)
    calendar = hours.calendar
    started_at = calendar.next_opening(command.at)
    first = Segment(since=started_at, consumed=ZERO, calendar=calendar.name, policy=policy.version)
    known: StartClock | AwaitingInformation = state if isinstance(state, AwaitingInformation) else command
    terms: dict[str, Any] = {
        "ticket_id": command.ticket_id,
        "severity": command.severity,
        "tier": command.tier,
        "calendar": calendar.name,
        "received_at": command.at,
        "started_at": started_at,
        "versions": policy.versions(calendar),
        "number": known.number,
        "account_id": known.account_id,
        "agreed": hours.agreed,
        "unknown_calendar": hours.unknown,
        "completed_by": command.completed_by,
    }
    promise = policy.promise(command.kind, command.severity)
    if promise is None:
        begun: ClockStarted | ClockUnowed = ClockUnowed(
            metric=command.kind, counted_from=started_at, consumed=ZERO, **terms
        )
    else:
        timeline = Timeline(segments=(first,), policies=command.policies)
        due_at = timeline.due(promise)
        begun = ClockStarted(
            metric=promise.metric,
            target=promise.target,
            due_at=due_at,
            warnings=timeline.warnings(promise, command.at),
            known_until=timeline.known_until(due_at),
            **terms,
        )
    if (command.paused or (command.again and _stood_still(state))) and policy.pauses(command.kind):
        return [begun, paused(begun, ZERO, command.at)]
    return [begun]


def _stood_still(state: Situation) -> bool:
    return isinstance(state, Met | Cancelled) and state.clock is not None and is_paused(state.clock)


def _startable(kind: Kind, state: Situation) -> bool:
    """Whether a clock of this kind can start: reply and update repeatedly, first answer and resolution only once."""
    match state:
        case Nothing() | AwaitingInformation():
            return True
        case Met() | Cancelled() | Breached(answered=True):
            return kind in ("next-reply", "update")
        case _:
            return False
