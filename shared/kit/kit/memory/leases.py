"""Leases, by the clock of the tables."""

from collections.abc import Sequence
from math import ceil, inf
from uuid import UUID

from kit.memory.changes import Changes
from kit.memory.tables import Lease, Replica
from kit.store.values import Leased


class Leases(Changes):
    """Divides the shards among the replicas that are alive."""

    async def lease(
        self,
        owner: UUID,
        leaving: Sequence[int],
        seconds: float,
        replica: str | None = None,
        *,
        take: bool = True,
        reaches: bool = True,
    ) -> Leased:
        """Give up `leaving`, renew our other leases and, with `take`, lease free shards up to a fair share."""
        await self._step()
        now, tables = self.tables.clock(), self.tables
        self.write(tables.replicas, owner, Replica(replica, now + (seconds if reaches else 0.0)))
        for shard in leaving:
            if tables.leases[shard].owner == owner:
                self._free(shard)
        replicas = tables.replicas
        reaching = sum(one.expires_at > now for one in replicas.values())
        alive = reaching or sum(one.expires_at > now - seconds for one in replicas.values())
        share = ceil(len(tables.leases) / max(1, alive)) if reaches or not reaching else 0
        idle = sum(
            lease.expires_at > now and lease.owner in replicas and replicas[lease.owner].expires_at <= now
            for lease in tables.leases.values()
        )
        ours = {shard: lease.epoch for shard, lease in tables.leases.items() if lease.owner == owner}
        for shard, lease in sorted(tables.leases.items()):
            if take and len(ours) < share and shard not in ours and lease.expires_at <= now:
                ours[shard] = lease.epoch + 1
        for shard, epoch in ours.items():
            self.write(tables.leases, shard, Lease(owner, epoch, now + seconds))
        return Leased(ours, share, bool(reaching), idle if reaching else 0)

    async def begin_anew(self, shard: int) -> None:
        """Raise the epoch of the shard's lease."""
        await self._step()
        lease = self.tables.leases[shard]
        self.write(self.tables.leases, shard, Lease(lease.owner, lease.epoch + 1, lease.expires_at))

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Free the shards of other owners with this replica name."""
        await self._step()
        for other, one in list(self.tables.replicas.items()):
            if one.name == replica and other != owner:
                self._forget(other)

    async def leave(self, owner: UUID) -> None:
        """Free all our shards, and no longer count as a replica."""
        await self._step()
        self._forget(owner)

    def _forget(self, owner: UUID) -> None:
        if owner in self.tables.replicas:
            self.drop(self.tables.replicas, owner)
        for shard, lease in list(self.tables.leases.items()):
            if lease.owner == owner:
                self._free(shard)

    def _free(self, shard: int) -> None:
        self.write(self.tables.leases, shard, Lease(None, self.tables.leases[shard].epoch, -inf))
