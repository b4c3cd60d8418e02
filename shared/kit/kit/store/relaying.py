"""Relaying: how much of the log the broker has."""

from collections.abc import Sequence
from typing import Protocol

from kit.store.values import Pending, Relayed


class Relaying(Protocol):
    """Finds events for the broker, and notes what it has acknowledged."""

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """The events of these shards that the broker lacks, at most `limit` of each."""
        ...

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors. Returns the shards where that was done: open, under our lease, and at `before`."""
        ...
