"""Leases: which replica owns which shards."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from kit.store.values import Leased


class Leases(Protocol):
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
        """Give up the shards in `leaving`, renew our other leases for so many seconds and, with `take`, lease free
        shards up to a fair share.

        An expired lease is renewed too, unless another replica has taken it. `reaches`: whether this replica reaches
        the broker. Only replicas that reach it have a share; if none does, all have.
        """
        ...

    async def begin_anew(self, shard: int) -> None:
        """Raise the epoch of the shard's lease, so that its owner can't note what it has sent under the old one."""
        ...

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Free the shards of other owners with this replica name: they are former lives of the same replica."""
        ...

    async def leave(self, owner: UUID) -> None:
        """Free all our shards at once, and no longer count as a replica."""
        ...
