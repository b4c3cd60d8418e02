"""Firing: writing all that follows from due timers in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kit.store.values import Fired, Firing


class Fires(Protocol):
    """Appends events, removes timers and writes read-model rows in one statement."""

    async def fire(self, firings: Sequence[Firing], now: datetime, marks: Mapping[int, str]) -> Fired | None:
        """Append the events, remove the timers and write the rows, recorded at `now`. Commits by itself.

        `marks`: the shards' marks from when the records were heard on which the firings rely. None: nothing was
        written, because the log has something later than `now`, or a mark has changed. The firings concern different
        streams and different rows.
        """
        ...
