"""Leases: which replica has which shards."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from kit.store.values import Leased


class Leases(Protocol):
    """Shares the shards out among the replicas that are alive."""

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
        """Give up `leaving`, renew whatever else is ours, and `take` free ones up to a fair share.

        A lease that has run out is renewed too, as long as nobody else has taken it. `reaches`: whether the replica
        reaches the broker. The shards are shared by those that do, and by all only if there is none.
        """
        ...

    async def begin_anew(self, shard: int) -> None:
        """Whoever holds the shard begins a new term: what it has sent and not noted yet counts for nothing."""
        ...

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Give up what others of this name held: a replica that is started again has outlived the one before it."""
        ...

    async def leave(self, owner: UUID) -> None:
        """Give up everything, so that nobody need wait for it to run out, and count as a replica no longer."""
        ...
