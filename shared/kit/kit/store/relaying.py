"""Relaying: how much of the log the broker has."""

from collections.abc import Sequence
from typing import Protocol

from kit.store.values import Pending, Relayed


class Relaying(Protocol):
    """Finds events for the broker, and notes what it has acknowledged."""

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """What the broker doesn't have yet of these shards, at most `limit` events of each."""
        ...

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors; the shards that are open, in which nobody else had and our lease still holds."""
        ...
