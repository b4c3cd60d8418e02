"""Changes to a clock that keep its timeline: another severity, tier, calendar, policy version or start.

A pause survives any change: a paused clock is resumed, changed and paused again at the same instant.
"""

from functools import reduce

from contracts.replacing import replace
from hours.calendar import Calendar
from sla_timer.domain.clock.elapse import verdict
from sla_timer.domain.clock.evolve import evolve
from sla_timer.domain.clock.fulfil import cancelled
from sla_timer.domain.clock.pause import may_pause, paused
from sla_timer.domain.clock.reschedule import rescheduled, restarted, unowed
from sla_timer.domain.clock.segments import is_paused, running_from, with_earlier_start
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.commands import AbsorbClock, ChangeEntitlement, ChangeSeverity, MigrateClock
from sla_timer.domain.events import SlaEvent
from sla_timer.domain.refusals import NoClockYet, OtherPromise
from sla_timer.domain.state import AwaitingInformation, Clock, Missed, Paused, Running, Segment, Situation, Unowed
from sla_timer.policy.model import Policy
from sla_timer.policy.promise import kind_of

Changeable = Running | Paused | Missed | Unowed
Change = ChangeSeverity | ChangeEntitlement | MigrateClock | AbsorbClock


def change_severity(command: ChangeSeverity, state: Situation) -> list[SlaEvent]:
    """The clock follows the new severity's promise. If that deadline has passed already, the verdict comes at once."""
    match state:
        case Running(clock) | Paused(clock) | Missed(clock) if clock.severity != command.severity:
            return _concluded(state, _rescheduled(running_from(clock, command.at), command), command)
        case Unowed(clock):
            return _concluded(state, _owed_again(running_from(clock, command.at), command), command)
        case _:
            return []


def change_entitlement(command: ChangeEntitlement, state: Situation) -> list[SlaEvent]:
    """Support time used so far is kept; from now on the new calendar counts."""
    match state:
        case Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            owed = not isinstance(state, Unowed)
            return _concluded(state, _entitled(running_from(clock, command.at), command, owed=owed), command)
        case _:
            return []


def migrate(command: MigrateClock, state: Situation) -> list[SlaEvent]:
    """The current policy version applies from now on; the start and the time used so far are kept.

    If that version doesn't have the agreed calendar, the tier's calendar counts.
    """
    match state:
        case Running(clock) | Paused(clock) if clock.versions.policy != command.policies.latest:
            then = replace(command, at=max(command.at, clock.changed_at))
            return _concluded(state, _migrated(running_from(clock, then.at), then), then)
        case AwaitingInformation():
            raise NoClockYet("It waits for information: its clock starts by the policy in force when that is complete.")
        case _:
            return []


def absorb(command: AbsorbClock, state: Situation) -> list[SlaEvent]:
    """The clock takes over the other ticket's earlier start, by its own first calendar; its later segments stay."""
    match state:
        case Running(clock) | Paused(clock) | Missed(clock) | Unowed(clock):
            owed = not isinstance(state, Unowed)
            return _concluded(state, _absorbed(running_from(clock, command.at), command, owed=owed), command)
        case _:
            return []


def _absorbed(clock: Clock, command: AbsorbClock, *, owed: bool) -> list[SlaEvent]:
    first = clock.segments[0]
    calendar = command.policies[first.policy].calendar(first.calendar)
    started_at = calendar.next_opening(command.received_at)
    if started_at >= clock.started_at:
        return []
    ahead = calendar.between(started_at, clock.started_at)
    after = with_earlier_start(clock, started_at, ahead)
    promise = after.promise_by(command.policies) if owed else None
    if promise is None:
        return [unowed(after, command.at, ahead)]
    return [rescheduled(after, "absorbed", promise, command.at, command.policies, ahead)]


def _concluded(state: Changeable, changed: list[SlaEvent], command: Change) -> list[SlaEvent]:
    """Add what follows from the change: a verdict if the deadline has passed now, else a pause if it was paused."""
    before: Situation = state
    match reduce(evolve, changed, before):
        case Running(after) if changed and after.due_at <= command.at:
            return [*changed, *verdict(after, "reclassified", command.at)]
        case Running(after) | Missed(after) | Unowed(after) if (
            changed and is_paused(state.clock) and may_pause(after, command.policies)
        ):
            # By the whole timeline: the last segment may begin later than the command.
            consumed = Timeline.of(after, command.policies).consumed(command.at)
            return [*changed, paused(after, consumed, command.at)]
        case _:
            return changed


def _rescheduled(clock: Clock, command: ChangeSeverity) -> list[SlaEvent]:
    promise = command.policies[clock.versions.policy].promise(kind_of(clock.metric), command.severity)
    after = replace(clock, severity=command.severity)
    if promise is None:
        return [cancelled(clock, "severity", command.at), unowed(after, command.at)]
    if promise.metric == clock.metric:
        return [rescheduled(after, "severity", promise, command.at, command.policies)]
    return [cancelled(clock, "severity", command.at), restarted(after, promise, command.at, command.policies)]


def _owed_again(clock: Clock, command: ChangeSeverity) -> list[SlaEvent]:
    promise = command.policies[clock.versions.policy].promise(kind_of(clock.metric), command.severity)
    after = replace(clock, severity=command.severity)
    return [restarted(after, promise, command.at, command.policies)] if promise else []


def _entitled(clock: Clock, command: ChangeEntitlement, *, owed: bool) -> list[SlaEvent]:
    own = command.policies[clock.versions.policy]
    policy = _knowing(command, own)
    hours = policy.hours_for(command.tier, command.calendar)
    calendar = hours.calendar
    terms = (command.tier, calendar.name, hours.agreed, hours.unknown)
    if (clock.tier, clock.calendar, clock.agreed, clock.unknown_calendar) == terms:
        return []
    entitled = replace(clock, tier=command.tier, agreed=hours.agreed, unknown_calendar=hours.unknown)
    counted = _counted_on(entitled, policy, calendar, command)
    # Where only a newer version knows the calendar, its hours are that one's, and the promise stays the clock's own.
    after = replace(counted, versions=replace(policy.versions(calendar), policy=own.version))
    promise = after.promise_by(command.policies) if owed else None
    if promise is None:
        return [unowed(after, command.at)]
    return [rescheduled(after, "entitlement", promise, command.at, command.policies)]


def _migrated(clock: Clock, command: MigrateClock) -> list[SlaEvent]:
    old, new = command.policies[clock.versions.policy], command.policies.current
    promise = new.promise(kind_of(clock.metric), clock.severity)
    if promise is None or promise.metric != clock.metric:
        now = f"one for {promise.metric}" if promise else "none"
        raise OtherPromise(f"Severity {clock.severity} has a clock for {clock.metric}, and now {now}.")
    agreed = clock.agreed or clock.calendar != old.tiers[clock.tier]  # older events don't say
    # The new version may have the agreed calendar that the old one lacked, or lack the one counted by so far.
    hours = new.hours_for(clock.tier, clock.unknown_calendar or (clock.calendar if agreed else None))
    entitled = replace(clock, agreed=hours.agreed, unknown_calendar=hours.unknown)
    after = replace(_counted_on(entitled, new, hours.calendar, command), versions=new.versions(hours.calendar))
    return [rescheduled(after, "policy", promise, command.at, command.policies)]


def _counted_on(clock: Clock, policy: Policy, calendar: Calendar, command: ChangeEntitlement | MigrateClock) -> Clock:
    """The clock with another calendar: from `at` on or, if it hasn't started, from the calendar's next opening."""
    at, running = command.at, command.at >= clock.started_at
    since = at if running else calendar.next_opening(at)
    consumed = Timeline.of(clock, command.policies).consumed(at)
    segment = Segment(since=since, consumed=consumed, calendar=calendar.name, policy=policy.version)
    return replace(
        clock,
        started_at=clock.started_at if running else since,
        segments=(*clock.segments, segment) if running else (segment,),
    )


def _knowing(command: ChangeEntitlement, own: Policy) -> Policy:
    """The clock's own version of the policy, unless only the current one knows the calendar newly agreed on."""
    if command.calendar is None or command.calendar in own.calendars:
        return own
    current = command.policies.current
    return current if command.calendar in current.calendars else own
