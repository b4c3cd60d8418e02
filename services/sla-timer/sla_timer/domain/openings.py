"""Open time as arithmetic on microseconds: how much of it lies between two instants, and when an amount is over.

The open stretches are laid out once, with their running total, and every question is then a bisection or two. The
table starts small and doubles towards wherever it is asked about, so no call walks over days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from sla_timer.domain.instants import DAY, EARLIEST, LATEST
from sla_timer.domain.schedule import Schedule

REACH = 32 * DAY
"""How far a new table reaches beyond the first instant asked about."""


class Openings(Protocol):
    """Instants are UTC microseconds since 1970, spans are microseconds."""

    def after(self, start: int, support_time: int) -> int:
        """The first instant at which `support_time` of open time has passed since `start`.

        Raises ValueError if it is negative, OverflowError if that is not before the year 10000.
        """

    def between(self, start: int, end: int) -> int:
        """The open time in [start, end); negative if `end` is earlier."""

    def is_open(self, at: int) -> bool:
        """Whether an instant is open."""

    def next_opening(self, at: int) -> int:
        """`at` itself if it is open, otherwise the next instant that is. Raises OverflowError if there is none."""

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The open stretches of [start, end), ascending, none touching the next."""


class Table(NamedTuple):
    """The open stretches of [since, until). `totals[i]`: open time before stretch i, and, at its end, in all.

    Stretch 0 is an empty one at `since`, so that every instant of the table has one that began before it.
    """

    since: int
    until: int
    opens: list[int]
    closes: list[int]
    totals: list[int]

    @classmethod
    def of(cls, schedule: Schedule, since: int, until: int) -> "Table":
        """Lay out [since, until)."""
        opens, closes, totals, total = [since], [since], [0], 0
        for opened, closed in schedule.openings(since, until):
            opens.append(opened)
            closes.append(closed)
            totals.append(total)
            total += closed - opened
        totals.append(total)
        return cls(since, until, opens, closes, totals)


class ScheduledOpenings:
    """Open as a schedule says. The table within is a memory, not a state: no answer depends on it."""

    __slots__ = ("_schedule", "_table")

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._table = Table(0, 0, [], [], [])

    def after(self, start: int, support_time: int) -> int:
        """See Openings."""
        if support_time <= 0:
            if support_time < 0:
                raise ValueError("support time is never negative")
            return start
        _, until, opens, closes, totals = self._table_with(start)
        index = bisect_right(opens, start) - 1
        goal = totals[index] + min(start, closes[index]) - opens[index] + support_time
        while goal > totals[-1]:
            _, until, opens, closes, totals = self._table_beyond(until)
        index = bisect_left(totals, goal) - 1
        return opens[index] + goal - totals[index]

    def between(self, start: int, end: int) -> int:
        """See Openings."""
        self._table_with(start)
        _, _, opens, closes, totals = self._table_with(end)
        first, last = bisect_right(opens, start) - 1, bisect_right(opens, end) - 1
        return (totals[last] + min(end, closes[last]) - opens[last]) - (
            totals[first] + min(start, closes[first]) - opens[first]
        )

    def is_open(self, at: int) -> bool:
        """See Openings."""
        _, _, opens, closes, _ = self._table_with(at)
        return at < closes[bisect_right(opens, at) - 1]

    def next_opening(self, at: int) -> int:
        """See Openings."""
        _, until, opens, closes, _ = self._table_with(at)
        index = bisect_right(opens, at)
        if at < closes[index - 1]:
            return at
        while index == len(opens):
            _, until, opens, closes, _ = self._table_beyond(until)
        return opens[index]

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """See Openings."""
        self._table_with(start)
        _, _, opens, closes, _ = self._table_with(end)
        for index in range(bisect_right(opens, start) - 1, bisect_left(opens, end)):
            opened, closed = max(opens[index], start), min(closes[index], end)
            if opened < closed:
                yield opened, closed

    def _table_with(self, at: int) -> Table:
        table = self._table
        if table.since <= at < table.until:
            return table
        if not table.opens:
            return self._lay_out(at - DAY, at + REACH)
        size = table.until - table.since
        return self._lay_out(min(table.since, at - size), max(table.until, at + size))

    def _table_beyond(self, until: int) -> Table:
        if until > LATEST:
            raise OverflowError("the calendar has no such instant before the year 10000")
        return self._lay_out(self._table.since, until + until - self._table.since)

    def _lay_out(self, since: int, until: int) -> Table:
        self._table = Table.of(self._schedule, max(since, EARLIEST), min(until, LATEST + 1))
        return self._table


class AlwaysOpen:
    """Open at every instant: open time is elapsed time."""

    __slots__ = ()

    def after(self, start: int, support_time: int) -> int:
        """See Openings."""
        if support_time < 0:
            raise ValueError("support time is never negative")
        return start + support_time

    def between(self, start: int, end: int) -> int:
        """See Openings."""
        return end - start

    def is_open(self, at: int) -> bool:
        """See Openings."""
        return True

    def next_opening(self, at: int) -> int:
        """See Openings."""
        return at

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """See Openings."""
        if start < end:
            yield start, end


def openings_of(schedule: Schedule) -> Openings:
    """The fitting kind."""
    return AlwaysOpen() if schedule.always_open else ScheduledOpenings(schedule)
