"""A clock's history as stretches: what came before it, its legs by their calendars, and what came after."""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate, pairwise

from contracts.proof import Segment
from hours.calendar import Calendar
from hours.segments import by_hours, cut, stretch
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Clock, Leg
from sla_timer.explain.history import History
from sla_timer.explain.standing import ended, promise_of
from sla_timer.explain.words import skipped


def stretches(told: History, at: datetime, policies: Policies) -> Iterator[Segment]:
    """All of them, from the receipt to `at`, their totals still to come."""
    clock, end = told.clock, ended(told, at)
    calendar = calendar_of(clock.course[0], policies) if clock else None
    for one in told.before:
        # A ticket that was merged into this one may have brought an earlier start.
        until = min(one.until, clock.started_at) if clock else one.until
        if one.since < until:
            yield skipped(one.since, until, one.why, calendar)
    if told.waiting_since and told.waiting_since < end:
        yield skipped(told.waiting_since, end, "waiting", calendar)
    if clock:
        yield from _of_clock(told, clock, end, policies)
    if end < at:
        yield skipped(end, at, "over", calendar, words=f"over: {'answered' if told.answer else 'the promise is void'}")


def _of_clock(told: History, clock: Clock, end: datetime, policies: Policies) -> Iterator[Segment]:
    calendar = calendar_of(clock.course[0], policies)
    starts = min(clock.started_at, end)
    if clock.received_at < starts:
        yield skipped(clock.received_at, starts, "before-start", calendar)
    promise = promise_of(clock, policies)
    for leg, until, rule in _legs(clock, end):
        if leg.since >= until:
            continue
        calendar = calendar_of(leg, policies)
        if leg.paused:
            words = "settled, until it was reopened" if leg.since in told.settled else None
            yield skipped(leg.since, until, "paused", calendar, rule=rule, words=words)
        elif promise and promise.counts == "elapsed":
            every = [stretch(leg.since, until, "elapsed", calendar, counted=True, rule=rule)]
            yield from cut(every, clock.due_at, calendar)
        else:
            yield from cut(by_hours(leg.since, until, calendar, rule), clock.due_at, calendar)


def _legs(clock: Clock, end: datetime) -> Iterator[tuple[Leg, datetime, int]]:
    """Each with its end, and by which rule it is counted."""
    untils = [min(leg.since, end) for leg in clock.course[1:]] + [end]
    yield from zip(clock.course, untils, rules_of(clock), strict=True)


def rules_of(clock: Clock) -> list[int]:
    """Per leg the number of its rule, from 0: the next one with another calendar or version of the policy."""
    changes = [(one.policy, one.calendar) != (two.policy, two.calendar) for one, two in pairwise(clock.course)]
    return list(accumulate(changes, initial=0))


def calendar_of(leg: Leg, policies: Policies) -> Calendar:
    """By which a stretch of the course is counted. Raises UnknownPolicy, UnknownCalendar."""
    return policies[leg.policy].calendar(leg.calendar)
