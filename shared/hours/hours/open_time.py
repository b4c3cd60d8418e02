"""Open time as arithmetic on microseconds: how much of it lies between two instants, and when an amount is over.

A table has the open stretches with their running total, so that every question is a bisection or two. It starts small
and doubles towards the instants asked about, so no call walks over days; an instant in another century starts a new
table.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from operator import sub
from typing import Protocol

from hours.instants import DAY, EARLIEST, LATEST, WEEK
from hours.schedule import Schedule
from hours.stretches import OpenStretches

NEW_TABLE_REACH = 32 * DAY
"""In microseconds: how far a new table reaches beyond the first instant asked about."""
NEW_TABLE_DISTANCE = 100 * 366 * DAY
"""In microseconds: an instant further away from the table gets a new one."""
NO_SUCH_INSTANT = "the calendar has no such instant before the year 10000"


class OpenTime(Protocol):
    """Instants are UTC microseconds since 1970, spans are microseconds."""

    @property
    def rows(self) -> int:
        """How many stretches the table has."""

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


Table = tuple[int, int, list[int], list[int], list[int]]
"""since, until, opens, totals, bases: the open stretches of [since, until).

`totals[i]`: the open time before stretch i; one more at the end is that of all. `bases[i]`: `totals[i] - opens[i]`, so
that the open time before an instant of stretch i, or of the closed time that follows it, is the lesser of
`bases[i] + instant` and `totals[i + 1]`. Stretch 0 is an empty one at `since`, so that every instant has a stretch
that began before it.

A plain tuple, for it is unpacked on every call, and replaced as a whole, so that no thread sees half of it.
"""


def table_of(stretches: OpenStretches, since: int, until: int) -> Table:
    """The table of [since, until)."""
    opens, lengths = stretches.between(since, until)
    opens.insert(0, since)
    totals = [0, *accumulate(lengths, initial=0)]
    return since, until, opens, totals, list(map(sub, totals, opens))


class ScheduledOpenTime:
    """Open as a schedule says. The table is a cache: no answer depends on it."""

    __slots__ = ("_dated", "_max_stretches", "_stretches", "_table", "_weekly")

    def __init__(self, schedule: Schedule, max_stretches: int | None = None) -> None:
        """`max_stretches`: about how many the table may have; beyond that OverflowError is raised."""
        self._stretches = OpenStretches(schedule)
        self._max_stretches = max_stretches
        self._table: Table = (0, 0, [], [], [])
        self._weekly = sum(closes - opens for windows in schedule.weekly for opens, closes in windows)
        self._dated = sum(closes - opens for windows in schedule.dated.values() for opens, closes in windows)

    def after(self, start: int, support_time: int) -> int:
        """See OpenTime."""
        if support_time <= 0:
            if support_time < 0:
                raise ValueError("support time is never negative")
            return start
        since, until, opens, totals, bases = self._table
        if not since <= start < until:
            since, until, opens, totals, bases = self._reaching(start)
        index = bisect_right(opens, start)
        before, at_most = bases[index - 1] + start, totals[index]
        goal = (before if before < at_most else at_most) + support_time
        if goal > totals[-1]:
            if goal - totals[-1] > self._at_most_from(until):
                raise OverflowError(NO_SUCH_INSTANT)
            self._beyond(until, start + support_time)
            return self.after(start, support_time)
        return goal - bases[bisect_left(totals, goal) - 1]

    def between(self, start: int, end: int) -> int:
        """See OpenTime."""
        since, until, opens, totals, bases = self._table
        if not (since <= start < until and since <= end < until):
            _, _, opens, totals, bases = self.table(start, end)
        first, last = bisect_right(opens, start), bisect_right(opens, end)
        before, at_most = bases[first - 1] + start, totals[first]
        in_all, limit = bases[last - 1] + end, totals[last]
        return (in_all if in_all < limit else limit) - (before if before < at_most else at_most)

    def is_open(self, at: int) -> bool:
        """See OpenTime."""
        _, _, opens, totals, bases = self._reaching(at)
        index = bisect_right(opens, at)
        return bases[index - 1] + at < totals[index]

    def next_opening(self, at: int) -> int:
        """See OpenTime."""
        _, until, opens, totals, bases = self._reaching(at)
        index = bisect_right(opens, at)
        if bases[index - 1] + at < totals[index]:
            return at
        if index < len(opens):
            return opens[index]
        self._beyond(until, at)
        return self.next_opening(at)

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """See OpenTime."""
        _, _, opens, totals, _ = self.table(start, end)
        opened = closed = start
        for index in range(bisect_right(opens, start) - 1, bisect_left(opens, end)):
            opens_at = max(opens[index], start)
            closes_at = min(opens[index] + totals[index + 1] - totals[index], end)
            if opens_at >= closes_at:
                continue
            if opens_at > closed:
                if opened < closed:
                    yield opened, closed
                opened = opens_at
            closed = closes_at
        if opened < closed:
            yield opened, closed

    @property
    def rows(self) -> int:
        """See OpenTime."""
        return len(self._table[2])

    def table(self, since: int, until: int) -> Table:
        """A table with every instant of [since, until]."""
        self._reaching(since)
        return self._towards(until)

    def _reaching(self, at: int) -> Table:
        """A table with an instant; a new one if the instant is far from the present table."""
        since, until, *_ = self._table
        if since == until or not since - NEW_TABLE_DISTANCE <= at < until + NEW_TABLE_DISTANCE:
            return self._lay_out(at - DAY, at + NEW_TABLE_REACH)
        return self._towards(at)

    def _towards(self, at: int) -> Table:
        """The table, extended to an instant."""
        table = self._table
        since, until, *_ = table
        if since <= at < until:
            return table
        return self._lay_out(min(since, at - (until - since)), max(until, at + (until - since)))

    def _beyond(self, until: int, earliest: int) -> Table:
        """Extend the table into the future. `earliest`: the answer can't come before this instant."""
        if until > LATEST or earliest > LATEST:
            raise OverflowError(NO_SUCH_INSTANT)
        since, until, *_ = self._table
        return self._lay_out(since, until + until - since)

    def _at_most_from(self, until: int) -> int:
        """An upper bound of the open time after `until`. Clocks set back make windows longer: a day a year is more than
        any zone has of that."""
        weeks = (LATEST - until) // WEEK + 2
        return weeks * (self._weekly + DAY // 52) + self._dated

    def _lay_out(self, since: int, until: int) -> Table:
        known_since, known_until, opens, *_ = self._table
        since, until = max(since, EARLIEST), min(until, LATEST + 1)
        if (
            self._max_stretches is not None
            and len(opens) * (until - since) > self._max_stretches * (known_until - known_since) > 0
        ):
            raise OverflowError("the calendar's windows are too many to be counted that far")
        self._table = table_of(self._stretches, since, until)
        return self._table


class AlwaysOpen:
    """Open at every instant: open time is elapsed time."""

    __slots__ = ()
    rows = 0

    def after(self, start: int, support_time: int) -> int:
        """See OpenTime."""
        if support_time < 0:
            raise ValueError("support time is never negative")
        return start + support_time

    def between(self, start: int, end: int) -> int:
        """See OpenTime."""
        return end - start

    def is_open(self, at: int) -> bool:
        """See OpenTime."""
        return True

    def next_opening(self, at: int) -> int:
        """See OpenTime."""
        return at

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """See OpenTime."""
        if start < end:
            yield start, end


def open_time_of(schedule: Schedule, max_stretches: int | None = None) -> OpenTime:
    """The open time of a schedule. `max_stretches`: see ScheduledOpenTime."""
    return AlwaysOpen() if schedule.always_open else ScheduledOpenTime(schedule, max_stretches)
