"""What follows for an alarm: another service's "later". Whoever asked ignores one that has become stale."""

from datetime import datetime, timedelta

from contracts.later import Later
from sla_timer.domain.commands import CancelAlarm, SetAlarm
from sla_timer.domain.events import AlarmCancelled, AlarmSet, SlaEvent
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import AlarmOver, AlarmPending, Situation


def set_alarm(command: SetAlarm, state: Situation) -> list[SlaEvent]:
    """Another alarm replaces the one pending; the same is set once."""
    later = command.due if isinstance(command.due, Later) else None
    due_at = command.due if isinstance(command.due, datetime) else instant_of(command.due, command.policies)
    match state:
        case AlarmPending() | AlarmOver() if (state.alarm, state.due_at) == (command.alarm, due_at):
            return []
        case _:
            return [AlarmSet(ticket_id=command.ticket_id, alarm=command.alarm, due_at=due_at, later=later)]


def cancel_alarm(command: CancelAlarm, state: Situation) -> list[SlaEvent]:
    """Nobody waits any more."""
    match state:
        case AlarmPending(ticket_id=ticket_id, alarm=alarm):
            return [AlarmCancelled(ticket_id=ticket_id, alarm=alarm)]
        case _:
            return []


def instant_of(later: Later, policies: Policies) -> datetime:
    """When that is; elapsed time where no policy knows the calendar. Raises UnknownPolicy where none is published."""
    policy = policies.knowing(later.calendar, later.policy)
    if policy is None:
        return later.since + (later.support_time or timedelta(days=later.working_days or later.days or 0))
    calendar = policy.calendar(later.calendar)
    if later.working_days is not None:
        return calendar.working_days_after(later.since, later.working_days)
    if later.days is not None:
        return calendar.calendar_days_after(later.since, later.days)
    return calendar.after(later.since, later.support_time or timedelta(0))
