"""Timers: what streams have asked for later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kit.store.values import Timer


class Timers(Protocol):
    """Sets timers, finds those that are due, and removes each once."""

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        ...

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers, and what is due earlier in their streams; those that were still there are ours to ring.

        A timer that was set otherwise meanwhile is not there, unless it is due as early as that.
        """
        ...

    async def due(self, shards: Sequence[int], before: datetime, now: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first.

        Of those of a stream that are due by `now`, only the last: it will be claimed with all of them.
        """
        ...

    async def earliest(self) -> dict[int, datetime]:
        """When the earliest timer of each shard that has one is due."""
        ...
