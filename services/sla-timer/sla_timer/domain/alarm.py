"""What follows for an alarm: another service's "later". Whoever asked ignores one that has become stale."""

from sla_timer.domain.commands import CancelAlarm, SetAlarm
from sla_timer.domain.events import AlarmCancelled, AlarmSet, SlaEvent
from sla_timer.domain.state import AlarmOver, AlarmPending, Situation


def set_alarm(command: SetAlarm, state: Situation) -> list[SlaEvent]:
    """Another alarm replaces the one pending; the same is set once."""
    match state:
        case AlarmPending() | AlarmOver() if (state.alarm, state.due_at) == (command.alarm, command.due_at):
            return []
        case _:
            return [AlarmSet(ticket_id=command.ticket_id, alarm=command.alarm, due_at=command.due_at)]


def cancel_alarm(command: CancelAlarm, state: Situation) -> list[SlaEvent]:
    """Nobody waits any more."""
    match state:
        case AlarmPending(ticket_id=ticket_id, alarm=alarm):
            return [AlarmCancelled(ticket_id=ticket_id, alarm=alarm)]
        case _:
            return []
