"""Parking: records that could not be applied are set aside, with all later ones about the same ticket."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from kit.store.values import Parked


class Parking(Protocol):
    """Sets records aside, shows them, and forgets them."""

    async def park(self, records: Sequence[Parked]) -> None:
        """Set records aside."""
        ...

    async def parked(self, shards: Sequence[int], identity: UUID | None = None) -> list[Parked]:
        """The records set aside in these shards, in order: all, or those of one ticket or account."""
        ...

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, the tickets and accounts with records set aside."""
        ...

    async def untried(self, shards: Sequence[int], release: str) -> list[tuple[int, UUID]]:
        """The (shard, identity) of tickets and accounts whose first parked record this release hasn't tried."""
        ...

    async def tried(self, shard: int, identity: UUID, release: str, seq: tuple[str, int], reason: str) -> None:
        """Note that this release couldn't apply a ticket's records: that at `seq`, (topic, number), failed."""
        ...

    async def unpark(self, positions: Sequence[int]) -> None:
        """Remove records that were set aside."""
        ...
