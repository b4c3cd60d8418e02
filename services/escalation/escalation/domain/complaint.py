"""Who is called about a complaint (P18, P19, P21, P22): one role at a time, again and again, until it is settled.

There is no ladder, so that the CEO, who arbitrates, stays apart. Each reason has a stream of its own. A missed update
is known by its verdict, which may be heard after what made up for it; all other calls come before their ends.
"""

from contracts.alarms import Alarm
from contracts.escalations import (
    CalledRole,
    EscalationAcknowledged,
    EscalationEvent,
    EscalationForestalled,
    EscalationResolved,
    EscalationScheduled,
    RoleCalled,
)
from contracts.replacing import replace
from escalation.domain.commands import CallRole, EndCalls, Schedule
from escalation.domain.state import Called, Ended, Nothing

REVIEWER: CalledRole = "vp"
"""Who reviews a complaint (P18), unless the CEO names another."""


def call(command: CallRole, state: Nothing | Called | Ended) -> list[EscalationEvent]:
    """Call the role, unless it is called already, or what was missed has been made up for."""
    match state:
        case Called(call=last) if command.role in (None, last.role) and command.turn <= last.turn:
            return []
        case Ended(at=at) if at and command.broken_at and command.broken_at <= at:
            return []
    return [
        RoleCalled(
            ticket_id=command.ticket_id,
            escalation=command.escalation,
            reason=command.reason,
            role=command.role or _reviewer(state),
            turn=command.turn,
            number=command.number,
            since=command.since,
            next_in=command.next_in,
        )
    ]


def _reviewer(state: Nothing | Called | Ended) -> CalledRole:
    """Whoever was called last: who was named for one review reviews the next one too."""
    last = None if isinstance(state, Nothing) else state.call
    return last.role if last else REVIEWER


def again(state: Called) -> list[EscalationEvent]:
    """Nobody has acknowledged: call the same role once more."""
    return [replace(state.call, turn=state.call.turn + 1)]


def scheduled(command: Schedule, state: Called) -> list[EscalationEvent]:
    """It is known when the role is called again."""
    if state.set_by is not None:
        return []
    return [
        EscalationScheduled(
            ticket_id=state.call.ticket_id,
            escalation=state.call.escalation,
            rung=state.call.turn,
            next_at=command.due_at,
            set_by=command.set_by,
        )
    ]


def acknowledge(state: Called) -> list[EscalationEvent]:
    """Somebody takes it on."""
    if state.acknowledged:
        return []
    return [
        EscalationAcknowledged(ticket_id=state.call.ticket_id, escalation=state.call.escalation, rung=state.call.turn)
    ]


def end(command: EndCalls, state: Nothing | Called | Ended) -> list[EscalationEvent]:
    """Nobody is called any more. Of updates the instant is noted even if nobody was: a verdict may still come."""
    match state:
        case Called():
            return [
                EscalationResolved(
                    ticket_id=command.ticket_id, escalation=command.escalation, cause=command.cause, at=command.at
                )
            ]
        case Ended(at=at) if at and command.at <= at:
            return []
        case _ if command.escalation == "update":
            return [
                EscalationForestalled(
                    ticket_id=command.ticket_id, escalation=command.escalation, cause=command.cause, at=command.at
                )
            ]
        case _:
            return []


def called(state: object, event: RoleCalled) -> Called:
    """After a call."""
    before = state.calls if isinstance(state, Called | Ended) else 0
    return Called(call=event, calls=before + 1)


def ended(state: object, event: EscalationForestalled | EscalationResolved) -> Ended:
    """After the end, or what would have been one."""
    if isinstance(state, Called | Ended):
        return Ended(call=state.call, calls=state.calls, at=event.at)
    return Ended(call=None, calls=0, at=event.at)


def alarms(state: Called) -> tuple[Alarm, ...]:
    """The alarm for the next call. No two calls of a stream have the same, so that an earlier one is known as stale."""
    if state.acknowledged or state.call.next_in is None:
        return ()
    return (Alarm(name=f"escalation-{state.call.escalation}-{state.calls}", delay=state.call.next_in),)
