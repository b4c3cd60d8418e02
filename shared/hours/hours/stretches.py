"""From a schedule's wall-clock windows to the stretches of time in which it is open.

While the offset is constant, the wall clock runs like any other, so a window is an interval cut at the transitions.
What it loses in a gap, gains in a fold or misses on a skipped date follows from that. Between two dates with hours of
their own the week repeats itself, so the loop goes week by week, not day by day.
"""

from bisect import bisect_left, bisect_right

from hours.instants import DAY, WEEK
from hours.schedule import THURSDAY, Schedule

MONDAY = -THURSDAY * DAY
"""The midnight of a Monday, from which weeks are counted."""

Columns = tuple[list[int], list[int]]
"""For each stretch: when it opens, and how long it lasts."""


class OpenStretches:
    """The open stretches of a schedule. Instants are UTC microseconds since 1970."""

    __slots__ = ("_closes", "_days", "_lengths", "_opens", "_schedule")

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._days = sorted(schedule.dated)
        week = [
            (day * DAY + opens, day * DAY + closes) for day, of in enumerate(schedule.weekly) for opens, closes in of
        ]
        self._opens = [opens for opens, _ in week]
        self._closes = [closes for _, closes in week]
        self._lengths = [closes - opens for opens, closes in week]

    def between(self, since: int, until: int) -> Columns:
        """The open stretches of [since, until), ascending; some may touch the next."""
        opens: list[int] = []
        lengths: list[int] = []
        for start, end, offset in self._schedule.zone.periods(since, until):
            at, last = start + offset, end + offset
            for day in self._days[bisect_left(self._days, at // DAY) : bisect_left(self._days, -(-last // DAY))]:
                midnight = day * DAY
                self._add_weeks(opens, lengths, at, midnight, offset)
                for opened, closed in self._schedule.dated[day]:
                    opened, closed = max(midnight + opened, at), min(midnight + closed, last)
                    if opened < closed:
                        opens.append(opened - offset)
                        lengths.append(closed - opened)
                at = max(at, midnight + DAY)
            self._add_weeks(opens, lengths, at, last, offset)
        return opens, lengths

    def _add_weeks(self, opens: list[int], lengths: list[int], at: int, last: int, offset: int) -> None:
        """The weekly windows between two local times."""
        if at >= last or not self._opens:
            return
        since, until = at - offset, last - offset
        weeks = range(since - (at - MONDAY) % WEEK, until, WEEK)
        first = bisect_right(self._closes, since - weeks[0])
        end = (len(weeks) - 1) * len(self._opens) + bisect_left(self._opens, until - weeks[-1])
        if first >= end:
            return
        opening = [week + each for week in weeks for each in self._opens][first:end]
        lasting = (self._lengths * len(weeks))[first:end]
        if (early := since - opening[0]) > 0:
            opening[0] = since
            lasting[0] -= early
        if (late := opening[-1] + lasting[-1] - until) > 0:
            lasting[-1] -= late
        opens += opening
        lengths += lasting
