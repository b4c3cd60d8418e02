"""A span of time as segments, one after the other: each counted or skipped by a calendar, and why.

They tile the span without gap or overlap, and what is counted adds up to the open time in it: that is what makes a
table of them a proof.
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
    """A segment, its total still to come; its wall clock is in UTC without a calendar.

    `words`: why, if there is more to say than the reason says.
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
    """[since, until) by a calendar: what is open counts, what is closed doesn't; neighbours that differ in nothing
    are one, however many days that is."""
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
    """Where dates that have hours of their own begin and end."""
    zone, dated = calendar.schedule.zone, calendar.schedule.dated
    first, last = (zone.local(instant(at)) // DAY for at in (since, until))
    days = [day for day in dated if first <= day <= last]
    return sorted({moment(zone.first(at * DAY)) for day in days for at in (day, day + 1)})


def cut(segments: Iterable[Segment], due_at: datetime, calendar: Calendar) -> Iterator[Segment]:
    """The same, none reaching over the deadline; what is counted from there on is late."""
    for one in segments:
        if not one.counted or one.until <= due_at:
            yield one
            continue
        if one.since < due_at:
            yield stretch(one.since, due_at, one.reason, calendar, counted=True, rule=one.rule, on=one.on)
        late_from = max(one.since, due_at)
        late = f"{one.why}, past the deadline"
        yield stretch(late_from, one.until, "late", calendar, counted=True, rule=one.rule, on=one.on, words=late)
