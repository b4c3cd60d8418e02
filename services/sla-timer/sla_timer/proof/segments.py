"""A clock's history as the segments of a proof: before the clock, while it was counted, and after its end."""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate, pairwise

from contracts.proof import Segment as ProofSegment
from hours.calendar import Calendar
from hours.segments import by_hours, cut, stretch
from sla_timer.domain.state import Clock, Segment
from sla_timer.history.clock_status import end_of_counting, promise_of
from sla_timer.history.history import History
from sla_timer.policy.versions import Policies
from sla_timer.proof.wording import skipped


def stretches(history: History, at: datetime, policies: Policies) -> Iterator[ProofSegment]:
    """All segments from the receipt to `at`, without their totals."""
    clock, end = history.clock, end_of_counting(history, at)
    calendar = calendar_of(clock.segments[0], policies) if clock else None
    for one in history.before:
        # A ticket that was merged into this one may have brought an earlier start.
        until = min(one.until, clock.started_at) if clock else one.until
        if one.since < until:
            yield skipped(one.since, until, one.why, calendar)
    if history.waiting_since and history.waiting_since < end:
        yield skipped(history.waiting_since, end, "waiting", calendar)
    if clock:
        yield from _of_clock(history, clock, end, policies)
    if end < at:
        yield skipped(
            end, at, "over", calendar, words=f"over: {'answered' if history.answer else 'the promise is void'}"
        )


def _of_clock(history: History, clock: Clock, end: datetime, policies: Policies) -> Iterator[ProofSegment]:
    calendar = calendar_of(clock.segments[0], policies)
    starts = min(clock.started_at, end)
    if clock.received_at < starts:
        yield skipped(clock.received_at, starts, "before-start", calendar)
    promise = promise_of(clock, policies)
    for segment, until, rule in _segments_of(clock, end):
        if segment.since >= until:
            continue
        calendar = calendar_of(segment, policies)
        if segment.paused:
            words = "settled, until it was reopened" if segment.since in history.settled else None
            yield skipped(segment.since, until, "paused", calendar, rule=rule, words=words)
        elif promise and promise.counts == "elapsed":
            every = [stretch(segment.since, until, "elapsed", calendar, counted=True, rule=rule)]
            yield from cut(every, clock.due_at, calendar)
        else:
            yield from cut(by_hours(segment.since, until, calendar, rule), clock.due_at, calendar)


def _segments_of(clock: Clock, end: datetime) -> Iterator[tuple[Segment, datetime, int]]:
    """Each segment with its end and the number of the rule that counts it."""
    untils = [min(segment.since, end) for segment in clock.segments[1:]] + [end]
    yield from zip(clock.segments, untils, rules_of(clock), strict=True)


def rules_of(clock: Clock) -> list[int]:
    """For each segment the number of its rule, from 0: another calendar or policy version is another rule."""
    changes = [(one.policy, one.calendar) != (two.policy, two.calendar) for one, two in pairwise(clock.segments)]
    return list(accumulate(changes, initial=0))


def calendar_of(segment: Segment, policies: Policies) -> Calendar:
    """The calendar that counts a segment. Raises UnknownPolicy, UnknownCalendar."""
    return policies[segment.policy].calendar(segment.calendar)
