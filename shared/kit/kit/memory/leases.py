"""Leases: the newest owner has every shard."""

from collections.abc import Sequence
from uuid import UUID

from contracts.names import SHARDS
from kit.memory.changes import Changes


class Leases(Changes):
    """Gives the shards to whoever asked last."""

    async def lease(
        self, owner: UUID, held: Sequence[int], seconds: float, replica: str | None = None
    ) -> dict[int, int]:
        """Take over every shard: in memory the newest owner is the only one."""
        await self._step()
        for shard in range(SHARDS):
            holder, epoch = self.tables.leases.get(shard, (None, 0))
            if holder != owner:
                self.write(self.tables.leases, shard, (owner, epoch + 1))
        return {shard: epoch for shard, (holder, epoch) in self.tables.leases.items() if holder == owner}

    async def release(self, owner: UUID, shards: Sequence[int]) -> None:
        """Nothing to wait for in memory."""
        await self._step()

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Whoever asks has everything anyway."""
        await self._step()

    async def leave(self, owner: UUID) -> None:
        """Nobody counts in memory."""
        await self._step()
