"""The alarms that other services ask for, in a stream beside each of theirs: set, cancelled, rung.

The service that asked ignores an alarm that has become stale. Where sla-timer can't compute the instant (an unknown
calendar, zone or date), the alarm rings all the same, by elapsed time or UTC, and AlarmSet says why.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal

from contracts.alarms import ALL_ALARMS, Alarm, WallClock, alarm_asked_for
from contracts.instants import LAST_INSTANT
from contracts.later import Later
from contracts.replacing import replace
from hours.wall_clock import first_instant, wall_of
from sla_timer.domain.commands import HearAlarms
from sla_timer.domain.events import AlarmCancelled, AlarmEvent, AlarmRang, AlarmSet, SlaEvent
from sla_timer.domain.state import PendingAlarm, Situation, StreamAlarms
from sla_timer.policy.refusals import UnknownPolicy
from sla_timer.policy.versions import Policies

Fallback = Literal["unknown-calendar", "unknown-zone", "no-such-instant"]
WorkedOut = tuple[datetime, Fallback | None]


def evolve(state: Situation, event: AlarmEvent) -> Situation:
    """The situation after an event of an alarm."""
    waited = state if isinstance(state, StreamAlarms) else StreamAlarms({}, {}, 0)
    others = {name: one for name, one in waited.pending.items() if name != event.alarm}
    if not isinstance(event, AlarmSet):
        return replace(waited, pending=others)
    if event.owner is None:  # an old event: a stream then had one alarm at a time, and the next replaced it
        others = {}
    generation = waited.generation + 1
    return StreamAlarms(
        pending={**others, event.alarm: PendingAlarm(event, generation)},
        set_by={**waited.set_by, event.alarm: event.set_by} if event.set_by else waited.set_by,
        generation=generation,
    )


def alarms_due(state: StreamAlarms, until: datetime) -> list[SlaEvent]:
    """The events of the alarms that are due at or before an instant, in order."""
    due = sorted((one.alarm.due_at, one.generation, one.alarm) for one in state.pending.values())
    return [_rang(alarm) for at, _, alarm in due if at <= until]


def hear(command: HearAlarms, state: Situation) -> list[SlaEvent]:
    """Set and cancel alarms. Setting a name again replaces its alarm; the same request heard twice changes nothing."""
    pending = state.pending if isinstance(state, StreamAlarms) else {}
    cancelled, kept = set(command.alarms.cancelled), {alarm.name for alarm in command.alarms.set}
    gone = [
        one.alarm
        for name, one in pending.items()
        if (name in cancelled or ALL_ALARMS in cancelled) and name not in kept
    ]
    wanted = [alarm for alarm in command.alarms.set if not _is_there(alarm, command, state)]
    return [
        *(_cancelled(alarm, command) for alarm in gone),
        *(_set(alarm, command) for alarm in wanted),
    ]


def _is_there(alarm: Alarm, command: HearAlarms, state: Situation) -> bool:
    if not isinstance(state, StreamAlarms):
        return False
    if state.set_by.get(alarm.name) == command.set_by:
        return True
    there = state.pending.get(alarm.name)
    return there is not None and there.alarm.set_by is None and alarm_asked_for(there.alarm) == alarm


def _set(alarm: Alarm, command: HearAlarms) -> AlarmSet:
    due_at, fallback = instant_of(alarm, command.at, command.policies)
    return AlarmSet(
        ticket_id=command.ticket_id,
        alarm=alarm.name,
        due_at=due_at,
        later=_terms(alarm, command.at),
        delay=alarm.delay,
        wall_clock=alarm.wall_clock,
        owner=command.owner,
        set_by=command.set_by,
        fallback=fallback,
    )


def _cancelled(alarm: AlarmSet, command: HearAlarms) -> AlarmCancelled:
    return AlarmCancelled(ticket_id=command.ticket_id, alarm=alarm.alarm, owner=command.owner, set_by=alarm.set_by)


def _rang(alarm: AlarmSet) -> AlarmRang:
    return AlarmRang(
        ticket_id=alarm.ticket_id,
        alarm=alarm.alarm,
        due_at=alarm.due_at,
        later=alarm.later,
        delay=alarm.delay,
        wall_clock=alarm.wall_clock,
        owner=alarm.owner,
        set_by=alarm.set_by,
    )


def instant_of(alarm: Alarm, at: datetime, policies: Policies) -> WorkedOut:
    """When an alarm asked for at `at` rings; and the reason, if that is not the instant that was asked for."""
    if later := _terms(alarm, at):
        due_at, fallback = _later(later, policies)
    elif alarm.wall_clock:
        due_at, fallback = _on_the_wall(alarm.wall_clock, at, policies)
    else:
        due_at, fallback = alarm.at or at, None
    return min(due_at, LAST_INSTANT), fallback


def _terms(alarm: Alarm, at: datetime) -> Later | None:
    """The terms of an alarm asked for at `at`, if it has some."""
    return alarm.delay.since(at) if alarm.delay else alarm.after


def _later(later: Later, policies: Policies) -> WorkedOut:
    try:
        policy = policies.with_calendar(later.calendar, later.policy)
    except UnknownPolicy:
        policy = None
    if policy is None:
        return _elapsed(later), "unknown-calendar"
    calendar = policy.calendar(later.calendar)
    try:
        if later.working_days is not None:
            return calendar.working_days_after(later.since, later.working_days), None
        if later.days is not None:
            return calendar.calendar_days_after(later.since, later.days), None
        return calendar.after(later.since, later.support_time or timedelta(0)), None
    except (ValueError, OverflowError):
        return _elapsed(later), "no-such-instant"


def _elapsed(later: Later) -> datetime:
    try:
        return later.since + (later.support_time or timedelta(days=later.working_days or later.days or 0))
    except OverflowError:
        return LAST_INSTANT


def _on_the_wall(asked_for: WallClock, at: datetime, policies: Policies) -> WorkedOut:
    try:
        wall = wall_of(asked_for.local)
    except ValueError:
        return at, "no-such-instant"
    try:
        return first_instant(wall, asked_for.zone, policies.zone(asked_for.zone)), None
    except LookupError:
        return wall.replace(tzinfo=UTC), "unknown-zone"
    except (ValueError, OverflowError):
        return wall.replace(tzinfo=UTC), "no-such-instant"
