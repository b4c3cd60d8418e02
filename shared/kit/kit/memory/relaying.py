"""Relaying: the events after the relay's cursors."""

from collections.abc import Sequence
from uuid import UUID

from kit.memory.changes import Changes
from kit.store.values import Pending, Relayed, Row


class Relaying(Changes):
    """Finds events for the broker, and notes what it has acknowledged."""

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """The events that the broker lacks."""
        await self._step()
        found: list[tuple[Row, UUID | None]] = []
        for shard in shards:
            seq, previous = self.tables.relayed.get(shard, (0, None))
            for row in self.tables.log[shard][seq : seq + limit]:
                found.append((row, previous))
                previous = row.event_id
        return Pending(found, bool(self.tables.unrelayed))

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors of open shards under our lease. Returns these shards."""
        await self._step()
        mine = [
            one
            for one in done
            if self.tables.relayed.get(one.shard, (0, None))[0] == one.before
            and self.tables.leases[one.shard].epoch == one.epoch
            and not self.tables.closed(one.shard)
        ]
        for one in mine:
            self.write(self.tables.relayed, one.shard, (one.seq, one.event_id))
            if one.koffset is not None:
                self.write(self.tables.koffsets, one.shard, one.koffset)
        return {one.shard for one in mine}
