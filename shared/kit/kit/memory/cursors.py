"""Cursors. A transaction has the tables to itself, so there is nothing to lock."""

from collections.abc import Sequence

from kit.memory.changes import Changes
from kit.store import CursorMoved
from kit.store.values import Cursor, CursorMove


class Cursors(Changes):
    """Reads cursors, and advances each unless somebody else has."""

    async def advance(self, moves: Sequence[CursorMove], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors, or raise CursorMoved."""
        await self._step()
        for move in moves:
            place = (move.source, move.shard)
            if self.tables.cursors.get(place, Cursor()).seq != move.before.seq:
                raise CursorMoved("another process is ahead in a shard of this batch")
            self.write(self.tables.cursors, place, move.after)
        for shard, topic, seq in seen:
            row = self.tables.seen.get(shard, {})
            self.write(self.tables.seen, shard, row | {topic: max(seq, row.get(topic, 0))})

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursors of these topics' shards."""
        await self._step()
        places = [(source, shard) for source in sources for shard in shards]
        return {place: self.tables.cursors[place] for place in places if place in self.tables.cursors}
