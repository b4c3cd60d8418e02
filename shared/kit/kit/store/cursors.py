"""Cursors: how far other services' topics have been consumed, and what has been heard of through them."""

from collections.abc import Sequence
from typing import Protocol

from kit.store.values import Cursor, CursorMove


class Cursors(Protocol):
    """Reads cursors, and advances each unless somebody else has."""

    async def advance(self, moves: Sequence[CursorMove], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors and what has been (shard, topic, seq) seen. Raises CursorMoved."""
        ...

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursor of each (source, shard); a missing one is at the beginning. `lock`: nobody else may move them."""
        ...
