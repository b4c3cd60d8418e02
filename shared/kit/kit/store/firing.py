"""Firing: all that follows from timers that are due, at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kit.store.values import Fired, Firing


class Fires(Protocol):
    """Appends, removes timers and writes rows of read models at once."""

    async def fire(self, firings: Sequence[Firing], now: datetime, marks: Mapping[int, str]) -> Fired | None:
        """Append, remove the timers and write the rows, at that instant: commits by itself, outside a transaction.

        `marks`: the shards', as they were when what the firings rely on was heard.
        None: nothing was written, since something later than `now` is on record there already, or a mark is another.
        The firings are of different streams, and their rows of read models differ.
        """
        ...
