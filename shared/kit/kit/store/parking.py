"""Parking: records that could not be applied, and what follows them about the same ticket, set aside."""

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
        """What is set aside in these shards, in order, of one ticket or of all."""
        ...

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, the tickets and accounts of which something is set aside."""
        ...

    async def untried(self, shards: Sequence[int], release: str) -> list[tuple[int, UUID]]:
        """The shard and identity of what is set aside there, where this release of the code has not tried the first."""
        ...

    async def tried(self, shard: int, identity: UUID, release: str, seq: tuple[str, int], reason: str) -> None:
        """This release couldn't apply what is set aside of a ticket: the record of that topic and seq, for a reason."""
        ...

    async def unpark(self, positions: Sequence[int]) -> None:
        """Forget records that were set aside."""
        ...
