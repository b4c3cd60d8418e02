"""Cursors: how far other services' topics have been consumed, and which events were seen directly or through others."""

from collections.abc import Sequence
from typing import Protocol

from kit.store.values import Cursor, CursorMove


class Cursors(Protocol):
    """Reads cursors, and advances each unless another process has."""

    async def advance(self, moves: Sequence[CursorMove], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors, and note what was seen as (shard, topic, number). Raises CursorMoved."""
        ...

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursor of each (source, shard); a missing one stands at the beginning. `lock`: until the commit."""
        ...
