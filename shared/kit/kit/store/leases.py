"""Leases: which replica relays which shards."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class Leases(Protocol):
    """Shares the shards out among the relays that are alive."""

    async def lease(
        self, owner: UUID, held: Sequence[int], seconds: float, replica: str | None = None
    ) -> dict[int, int]:
        """Renew the leases held and take a fair share of the free ones: the epoch of each shard that is ours."""
        ...

    async def release(self, owner: UUID, shards: Sequence[int]) -> None:
        """Give up leases, so that another replica need not wait for them to run out."""
        ...

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Give up what others of this name held: a replica that is started again has outlived the one before it."""
        ...

    async def leave(self, owner: UUID) -> None:
        """No longer count as a relay: the others may take more."""
        ...
