"""A clock's history as stretches: what came before it, its legs by their calendars, and what came after."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from sla_timer.domain.calendar import Calendar
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Clock, Leg
from sla_timer.explain.history import History
from sla_timer.explain.segments import Segment, by_hours, cut, stretch
from sla_timer.explain.standing import counts_of, ended


def stretches(told: History, at: datetime, policies: Policies) -> Iterator[Segment]:
    """All of them, from the receipt to `at`, their totals still to come."""
    clock, end = told.clock, ended(told, at)
    calendar = calendar_of(clock.course[0], policies) if clock else None
    for one in told.before:
        yield stretch(one.since, one.until, one.why, calendar)
    if told.waiting_since and told.waiting_since < end:
        yield stretch(told.waiting_since, end, "waiting", calendar)
    if clock:
        yield from _of_clock(clock, end, policies)
    if end < at:
        yield stretch(end, at, "over", calendar, words=f"over: {'answered' if told.answer else 'the promise is void'}")


def _of_clock(clock: Clock, end: datetime, policies: Policies) -> Iterator[Segment]:
    calendar = calendar_of(clock.course[0], policies)
    starts = min(clock.started_at, end)
    if clock.received_at < starts:
        yield stretch(clock.received_at, starts, "before-start", calendar)
    if counts_of(clock, policies) == "elapsed":
        if starts < end:
            yield from cut([stretch(starts, end, "elapsed", calendar, counted=True, rule=0)], clock.due_at, calendar)
        return
    for rule, (leg, until) in enumerate(_legs(clock, end)):
        if leg.since < until:
            calendar = calendar_of(leg, policies)
            yield from cut(by_hours(leg.since, until, calendar, rule), clock.due_at, calendar)


def _legs(clock: Clock, end: datetime) -> Iterator[tuple[Leg, datetime]]:
    for leg, after in pairwise(clock.course):
        yield leg, min(after.since, end)
    yield clock.course[-1], end


def calendar_of(leg: Leg, policies: Policies) -> Calendar:
    """By which a stretch of the course is counted. Raises UnknownPolicy, UnknownCalendar."""
    return policies[leg.policy].calendar(leg.calendar)
