"""Calendars compiled already: the ones used last are kept, as many as fit."""

from collections import OrderedDict
from collections.abc import Callable

from hours.open_time import OpenTime

MAX_STRETCHES = 1_000_000
"""So many laid-out stretches are kept in all: some 150 MB."""


class Shelf:
    """A cache that counts what the calendars have laid out, not only how many there are."""

    def __init__(self, compiled: Callable[..., OpenTime], rows: int = MAX_STRETCHES) -> None:
        self._compiled = compiled
        self._room = rows
        self._kept: OrderedDict[tuple[object, ...], tuple[OpenTime, int]] = OrderedDict()
        self._used = 0
        self._last: tuple[object, ...] | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, *key: object) -> OpenTime:
        """The calendar that these arguments make."""
        self._weigh()
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._compiled(*key), 0
        else:
            self._kept.move_to_end(key)
        self._last = key
        return found[0]

    def _weigh(self) -> None:
        """The one taken last may have grown since."""
        if self._last is None:
            return
        open_time, before = self._kept[self._last]
        rows = 100 + open_time.rows  # an empty table takes room too
        self._kept[self._last] = open_time, rows
        self._used += rows - before
        while self._used > self._room and len(self._kept) > 1:
            _, (_, freed) = self._kept.popitem(last=False)
            self._used -= freed
