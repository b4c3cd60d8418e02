"""Timers: what streams have asked for later, as rows of a table."""

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
        """Remove these timers, and all that are due no later in their streams. The caller rings those returned.

        A timer that was replaced since it was read is skipped, unless its replacement is due by then.
        """
        ...

    async def due(self, shards: Sequence[int], before: datetime, now: datetime, limit: int) -> list[Timer]:
        """Up to `limit` timers of these shards that are due before that instant, the earliest first.

        Of a stream's timers that are due by `now`, only the last: to claim it claims all of them.
        """
        ...

    async def earliest(self) -> dict[int, datetime]:
        """When the earliest timer of each shard is due; shards without timers are missing."""
        ...
