"""A cache of compiled calendars: keeps those used last, as many as fit."""

from collections import OrderedDict
from collections.abc import Callable

from hours.open_time import OpenTime

MAX_STRETCHES = 1_000_000
"""Limit for all calendars kept, together: some 150 MB."""


class Shelf:
    """A cache limited by the size of the calendars' tables, not by their number."""

    def __init__(self, compiled: Callable[..., OpenTime], rows: int = MAX_STRETCHES) -> None:
        self._compiled = compiled
        self._room = rows
        self._kept: OrderedDict[tuple[object, ...], tuple[OpenTime, int]] = OrderedDict()
        self._used = 0
        self._last: tuple[object, ...] | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, *key: object) -> OpenTime:
        """The calendar of these arguments, compiled if it isn't kept."""
        self._weigh()
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._compiled(*key), 0
        else:
            self._kept.move_to_end(key)
        self._last = key
        return found[0]

    def _weigh(self) -> None:
        """Count the calendar taken last again, since its table may have grown; drop others if there is no room."""
        if self._last is None:
            return
        open_time, before = self._kept[self._last]
        rows = 100 + open_time.rows  # an empty table takes room too
        self._kept[self._last] = open_time, rows
        self._used += rows - before
        while self._used > self._room and len(self._kept) > 1:
            _, (_, freed) = self._kept.popitem(last=False)
            self._used -= freed
