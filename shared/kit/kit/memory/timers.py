"""Timers."""

from collections.abc import Sequence
from datetime import datetime

from kit.memory.changes import Changes
from kit.store.values import Timer


class Timers(Changes):
    """Sets timers, finds those that are due, and removes each once."""

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        await self._step()
        for timer in gone:
            key = (timer.shard, timer.stream, timer.kind)
            if (found := self.tables.timers.get(key)) and found.generation == timer.generation:
                self.drop(self.tables.timers, key)
        for timer in new:
            self.write(self.tables.timers, (timer.shard, timer.stream, timer.kind), timer)

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers, and all that are due no later in their streams. Returns those removed."""
        await self._step()
        until = {(timer.shard, timer.stream): timer.due_at for timer in sorted(timers, key=lambda t: t.due_at)}
        claimed = []
        for key, found in list(self.tables.timers.items()):
            limit = until.get((found.shard, found.stream))
            if limit is not None and found.due_at <= limit:
                self.drop(self.tables.timers, key)
                claimed.append(found)
        return claimed

    async def due(self, shards: Sequence[int], before: datetime, now: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        await self._step()
        mine = sorted(
            (t for t in self.tables.timers.values() if t.shard in shards and t.due_at < before),
            key=lambda t: (t.due_at, t.kind),
        )
        last = {timer.stream: timer for timer in mine if timer.due_at <= now}
        return [timer for timer in mine if timer.due_at > now or timer is last[timer.stream]][:limit]

    async def earliest(self) -> dict[int, datetime]:
        """When the earliest timer of each shard that has one is due."""
        await self._step()
        found: dict[int, datetime] = {}
        for timer in self.tables.timers.values():
            found[timer.shard] = min(found.get(timer.shard, timer.due_at), timer.due_at)
        return found
