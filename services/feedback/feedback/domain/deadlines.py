"""The deadlines of feedback: which alarms they set, and what is heard of these.

A promise gets a verdict, by when its keeping was recorded (contracts.promises). A timer promises nothing: when it
rings, something follows, unless it was stopped before. Each alarm has a name of its own, `update-3`, so that none is
mistaken for an earlier one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts.alarms import Alarm
from contracts.feedback import Deadline, DeadlineScheduled, PromiseName, Terms
from contracts.instants import LAST_INSTANT, ZERO
from contracts.later import Delay, Later
from contracts.promises import Promise, Verdict
from contracts.replacing import replace
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from feedback.domain.state import Feedback, Running, Timer
from hours.calendar import Calendar

REMINDER_WORKING_DAYS = 1
"""Working days after the receipt: the first reminder of the acknowledgement (P17)."""
PROMISE_AGAIN_WORKING_DAYS = 1
"""Working days after a missed update, until which a new promise is due (P19)."""
REMINDER_BEFORE = timedelta(hours=2)
"""Open hours before the acknowledgement is due: the second reminder (P17)."""


def later(
    terms: Terms,
    since: datetime | None,
    *,
    working_days: int | None = None,
    days: int | None = None,
    support_time: timedelta | None = None,
) -> Later | Delay:
    """So much later, by the calendar of these terms. `since` None: counted from when it is recorded.

    Terms that no policy can have are brought within bounds: a fact has already happened, whatever it says.
    """
    delay = Delay(
        calendar=terms.calendar,
        policy=terms.policy,
        working_days=None if working_days is None else max(0, working_days),
        days=None if days is None else max(0, days),
        support_time=None if support_time is None else max(ZERO, support_time),
    )
    return delay.since(min(since, LAST_INSTANT)) if since else delay


def _alarm_at(name: str, after: Later | Delay | None, at: datetime | None) -> Alarm:
    if isinstance(after, Delay):
        return Alarm(name=name, delay=after)
    return Alarm(name=name, after=after, at=min(at, LAST_INSTANT) if at else None)


def promising(
    state: Feedback, promise: PromiseName, *, after: Later | Delay | None = None, at: datetime | None = None
) -> Feedback:
    """Something is promised, until an instant or for a time that sla-timer counts."""
    alarm = _alarm_at(f"{promise}-{state.alarms_set}", after, at)
    promises = (*state.promises, (promise, Promise.of(alarm)))
    return replace(state, promises=promises, alarms_set=state.alarms_set + 1)


def timing(
    state: Feedback, timer: Timer, *, after: Later | Delay | None = None, at: datetime | None = None
) -> Feedback:
    """A timer is started."""
    alarm = _alarm_at(f"{timer}-{state.alarms_set}", after, at)
    return replace(state, timers=(*state.timers, Running(timer, alarm)), alarms_set=state.alarms_set + 1)


def kept(state: Feedback, *names: PromiseName) -> Feedback:
    """What was promised was done."""
    ended = ((name, one.end("kept") if name in names else one) for name, one in state.promises)
    return replace(state, promises=tuple(ended))


def cancelled(state: Feedback, *names: PromiseName) -> Feedback:
    """It is no longer owed."""
    ended = ((name, one.end("cancelled") if name in names else one) for name, one in state.promises)
    return replace(state, promises=tuple(ended))


def rang(state: Feedback, alarm: str) -> Feedback:
    """The timer with this alarm has rung."""
    return replace(state, timers=tuple(one for one in state.timers if one.alarm.name != alarm))


def stopped(state: Feedback, *names: Timer) -> Feedback:
    """The timers are stopped."""
    return replace(state, timers=tuple(one for one in state.timers if one.timer not in names))


def alarms(state: Feedback) -> Iterator[Alarm]:
    """The alarms that this feedback wants."""
    for _, promise in state.promises:
        yield from promise.alarms
    for running in state.timers:
        yield running.alarm


def recorded(state: Feedback, at: datetime) -> Feedback:
    """The latest changes were recorded at that instant."""
    return replace(state, promises=tuple((name, promise.recorded(at)) for name, promise in state.promises))


def scheduled(state: Feedback, event: DeadlineScheduled) -> Feedback:
    """The instant of an alarm is known."""
    promises = (
        (name, promise.due(0, event.due_at, event.set_by) if _alarm(promise) == event.alarm else promise)
        for name, promise in state.promises
    )
    timers = (replace(one, due_at=event.due_at) if one.alarm.name == event.alarm else one for one in state.timers)
    return replace(state, promises=tuple(promises), timers=tuple(timers))


def judged(state: Feedback, alarm: str) -> Feedback:
    """There is a verdict, so nothing more is heard of this promise."""
    return replace(state, promises=tuple(one for one in state.promises if _alarm(one[1]) != alarm))


def named(state: Feedback, event: AlarmSet) -> Deadline | None:
    """The promise or timer whose instant is known with this; None: it was known, is over, or is a reminder, whose
    instant is ours."""
    for name, promise in state.promises:
        if promise.term_of(event) is not None:
            return name
    unknown = (one.timer for one in state.timers if one.alarm.name == event.alarm and one.due_at is None)
    return next((timer for timer in unknown if timer != "reminder"), None)


def verdict_of(state: Feedback, event: AlarmRang | AlarmCancelled) -> tuple[PromiseName, Verdict] | None:
    """The verdict that follows from what sla-timer says; None: it says nothing of a promise that is still open."""
    for name, promise in state.promises:
        if verdict := promise.verdict(event):
            return name, verdict
    return None


def rung(state: Feedback, event: AlarmRang) -> Timer | None:
    """The timer that rings; None: it was stopped."""
    return next((one.timer for one in state.timers if one.alarm.name == event.alarm), None)


def reminders(calendar: Calendar, received_at: datetime, due_at: datetime) -> tuple[datetime, ...]:
    """When the Support Manager is reminded of an acknowledgement: a working day after the receipt, and two open hours
    before it is due; only what lies between the two."""
    in_all = calendar.between(received_at, due_at)
    at = [calendar.working_days_after(received_at, REMINDER_WORKING_DAYS)]
    if in_all > REMINDER_BEFORE:
        at.append(calendar.after(received_at, in_all - REMINDER_BEFORE))
    return tuple(sorted({each for each in at if received_at < each < due_at}))


def _alarm(promise: Promise) -> str:
    return promise.terms[0].alarm.name
