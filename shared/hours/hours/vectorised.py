"""Support hours for millions of instants at once, on NumPy arrays, with the same answers as one by one.

Instants are UTC microseconds since 1970 and spans microseconds, as int64: what `datetime64[us]` and `timedelta64[us]`
hold, so that `array.view("int64")` turns those into them without a copy. Shapes follow NumPy's broadcasting.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hours.instants import EARLIEST, LATEST
from hours.open_time import AlwaysOpen, OpenTime, ScheduledOpenTime, Table

Micros = NDArray[np.int64]

ELEMENTS_PER_PART = 1 << 14
"""So that intermediate results stay in the processor's cache."""


class Vectorised:
    """A compiled calendar, for many instants at once."""

    __slots__ = ("_bases", "_limits", "_one", "_opens", "_table", "_totals")

    def __init__(self, open_time: OpenTime) -> None:
        self._one = open_time
        self._table: Table | None = None
        self._opens = self._limits = self._totals = self._bases = np.empty(0, np.int64)

    def after(self, start: ArrayLike, support_time: ArrayLike) -> Micros:
        """The first instants at which so much open time has passed since each start.

        Raises TypeError unless both are integers, ValueError for a negative span, OverflowError beyond the year 9999.
        """
        starts, spans = _pair(start, support_time)
        if not starts.size:
            return starts.copy()
        _check(starts)
        shortest, longest = int(spans.min()), int(spans.max())
        if shortest < 0:
            raise ValueError("support time is never negative")
        if longest > LATEST - int(starts.min()):
            raise OverflowError("the calendar has no such instant before the year 10000")
        try:
            # No answer is later than that of the latest start with the longest span, so the table then has them all.
            last = self._one.after(int(starts.max()), longest)
        except OverflowError:
            return self._one_by_one(starts, spans)
        if not isinstance(self._one, ScheduledOpenTime):
            return _checked(starts + spans, last)
        self._lay_out(int(starts.min()), int(starts.max()))
        ends = _in_parts(self._after, starts, spans)
        if not shortest:
            np.copyto(ends, starts, where=spans == 0)
        return ends

    def between(self, start: ArrayLike, end: ArrayLike) -> Micros:
        """The open time of each [start, end), negative where the end is earlier. Raises TypeError, OverflowError."""
        starts, ends = _pair(start, end)
        if not starts.size:
            return starts.copy()
        _check(starts)
        _check(ends)
        if isinstance(self._one, AlwaysOpen):
            return ends - starts
        self._lay_out(min(int(starts.min()), int(ends.min())), max(int(starts.max()), int(ends.max())))
        return _in_parts(self._between, starts, ends)

    def _after(self, starts: Micros, spans: Micros) -> Micros:
        goals = self._before(starts)
        goals += spans
        index = self._totals.searchsorted(goals)
        index -= 1
        goals -= self._bases.take(index)
        return goals

    def _between(self, starts: Micros, ends: Micros) -> Micros:
        open_time = self._before(ends)
        open_time -= self._before(starts)
        return open_time

    def _before(self, instants: Micros) -> Micros:
        """The open time from the beginning of the table to each instant."""
        index = self._opens.searchsorted(instants, "right")
        index -= 1
        found = self._bases.take(index)
        found += instants
        return np.minimum(found, self._limits.take(index), out=found)

    def _lay_out(self, since: int, until: int) -> None:
        assert isinstance(self._one, ScheduledOpenTime)
        table = self._one.table(since, until)
        if table is self._table:
            return
        _, _, opens, totals, bases = self._table = table
        self._opens, self._totals, self._bases = (np.array(column, np.int64) for column in (opens, totals, bases))
        self._limits = self._totals[1:]

    def _one_by_one(self, starts: Micros, spans: Micros) -> Micros:
        """One at a time, near the year 9999, where only some answers lie beyond it."""
        pairs = zip(starts.ravel().tolist(), spans.ravel().tolist(), strict=True)
        return np.array([self._one.after(start, span) for start, span in pairs], np.int64).reshape(starts.shape)


def _in_parts(work: Callable[[Micros, Micros], Micros], one: Micros, other: Micros) -> Micros:
    result = np.empty(one.shape, np.int64)
    flat, first, second = result.reshape(-1), one.reshape(-1), other.reshape(-1)
    for begin in range(0, flat.size, ELEMENTS_PER_PART):
        part = slice(begin, begin + ELEMENTS_PER_PART)
        flat[part] = work(first[part], second[part])
    return result


def _pair(one: ArrayLike, other: ArrayLike) -> tuple[Micros, Micros]:
    first, second = np.broadcast_arrays(_micros(one), _micros(other))
    return first, second


def _micros(values: ArrayLike) -> Micros:
    array = np.asarray(values)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu" or not np.can_cast(array.dtype, np.int64):
        raise TypeError(f"microseconds are whole numbers (int64), and not {array.dtype}")
    return array.astype(np.int64, copy=False)


def _check(instants: Micros) -> None:
    if int(instants.min()) < EARLIEST or int(instants.max()) > LATEST:
        raise OverflowError("instants lie in the years 1 to 9999")


def _checked(ends: Micros, last: int) -> Micros:
    if last > LATEST:
        _check(ends)
    return ends
