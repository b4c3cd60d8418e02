"""Timers."""

from collections.abc import Sequence
from datetime import datetime

from kit.memory.changes import Changes
from kit.stored import Timer


class Timers(Changes):
    """Sets timers, finds those that are due, and removes each once."""

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        await self.claim(gone)
        for timer in new:
            self.write(self.tables.timers, (timer.shard, timer.stream, timer.kind), timer)

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers; those returned were still there."""
        await self._step()
        claimed = []
        for timer in timers:
            key = (timer.shard, timer.stream, timer.kind)
            found = self.tables.timers.get(key)
            if found and found.generation == timer.generation:
                self.drop(self.tables.timers, key)
                claimed.append(found)
        return claimed

    async def due(self, shards: Sequence[int], before: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        await self._step()
        mine = [t for t in self.tables.timers.values() if t.shard in shards and t.due_at < before]
        return sorted(mine, key=lambda t: t.due_at)[:limit]

    async def earliest(self) -> dict[int, datetime]:
        """When the earliest timer of each shard that has one is due."""
        await self._step()
        found: dict[int, datetime] = {}
        for timer in self.tables.timers.values():
            found[timer.shard] = min(found.get(timer.shard, timer.due_at), timer.due_at)
        return found
