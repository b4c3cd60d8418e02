"""Divides a span of time into segments, each counted or skipped by a calendar, with the reason.

They cover the span without gap or overlap, and the counted ones add up to the open time in it. That makes a table of
them a proof.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from contracts.instants import ZERO
from contracts.proof import Reason, Segment
from hours.calendar import Calendar
from hours.instants import DAY, date_of, instant, moment
from hours.wording import local, why


def stretch(
    since: datetime,
    until: datetime,
    reason: Reason,
    calendar: Calendar | None,
    *,
    counted: bool = False,
    rule: int | None = None,
    on: date | None = None,
    words: str | None = None,
) -> Segment:
    """A segment without its total. Without a calendar its wall-clock times are in UTC.

    `words`: why, if the reason's own words are not enough.
    """
    return Segment(
        since=since,
        until=until,
        local_since=local(calendar, since).isoformat(),
        local_until=local(calendar, until).isoformat(),
        reason=reason,
        why=words or why(reason, on, counted=counted),
        counted=until - since if counted else ZERO,
        rule=rule,
        on=on,
    )


def by_hours(since: datetime, until: datetime, calendar: Calendar, rule: int) -> Iterator[Segment]:
    """The segments of [since, until) by a calendar: open time counts, closed time doesn't. Neighbours with the same
    reason are one segment, however many days they last."""
    midnights = _midnights(since, until, calendar)
    at = since
    for opened, closed in (*calendar.segments(since, until), (until, until)):
        for begin, end, counted in ((at, opened, False), (opened, closed, True)):
            cuts = midnights[bisect_right(midnights, begin) : bisect_left(midnights, end)]
            for one, other in zip([begin, *cuts], [*cuts, end], strict=True):
                if one < other:
                    yield _of_date(one, other, calendar, rule, counted=counted)
        at = closed


def _of_date(since: datetime, until: datetime, calendar: Calendar, rule: int, *, counted: bool) -> Segment:
    day = calendar.schedule.zone.local(instant(since)) // DAY
    hours = calendar.schedule.dated.get(day)
    if hours is None:
        return stretch(since, until, "open" if counted else "closed", calendar, counted=counted, rule=rule)
    reason: Reason = "special" if hours else "holiday"
    return stretch(since, until, reason, calendar, counted=counted, rule=rule, on=date_of(day))


def _midnights(since: datetime, until: datetime, calendar: Calendar) -> Sequence[datetime]:
    """The instants at which dates with hours of their own begin and end."""
    zone, dated = calendar.schedule.zone, calendar.schedule.dated
    first, last = (zone.local(instant(at)) // DAY for at in (since, until))
    days = [day for day in dated if first <= day <= last]
    return sorted({moment(zone.first(at * DAY)) for day in days for at in (day, day + 1)})


def cut(segments: Iterable[Segment], due_at: datetime, calendar: Calendar) -> Iterator[Segment]:
    """The segments, split at the deadline; counted ones after it are late."""
    for one in segments:
        if not one.counted or one.until <= due_at:
            yield one
            continue
        if one.since < due_at:
            yield stretch(one.since, due_at, one.reason, calendar, counted=True, rule=one.rule, on=one.on)
        late_from = max(one.since, due_at)
        late = f"{one.why}, past the deadline"
        yield stretch(late_from, one.until, "late", calendar, counted=True, rule=one.rule, on=one.on, words=late)
