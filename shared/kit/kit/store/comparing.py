"""Comparing the log with what the broker has of it, and taking up what it lacks."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from kit.store.values import Closed, LogEnd, Row


class Comparing(Protocol):
    """Reads and marks how far the log is known to be complete."""

    async def closed(self) -> dict[int, Closed]:
        """The shards to which nothing may be appended now, and why."""
        ...

    async def unsure(self) -> bool:
        """Whether something that was recorded may be missing in what is read: some shard is still to be compared."""
        ...

    async def log_ends(self, shards: Sequence[int]) -> list[LogEnd]:
        """Where these shards' logs end, and up to where the broker's records are known to be in them."""
        ...

    async def marks(self, shards: Sequence[int]) -> dict[int, str]:
        """By shard a word that is another one whenever it was compared anew, as after a restore."""
        ...

    async def ids(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], UUID]:
        """The event ids at these (shard, number) that exist."""
        ...

    async def adopt(self, rows: Sequence[Row], answers: dict[UUID, bytes]) -> bool:
        """Add events of one shard as they are, with what their commands are answered from now on.

        They follow one another. False: the log's end is not before the first of them.
        """
        ...

    async def open(self, shard: int, koffset: int | None = None, relayed: tuple[int, UUID] | None = None) -> None:
        """The shard was compared: on this server it takes what is appended.

        `koffset`: the first offset that was not looked at; `relayed`: where the relay goes on. None: as it was.
        """
        ...

    async def close(self, shard: int, reason: str) -> None:
        """The shard was compared, and takes nothing."""
        ...

    async def republish(self, shard: int, after: int) -> bool:
        """Let the relay send this shard's events anew, those beyond that number. False: it has not sent so many."""
        ...

    async def republish_keys(self) -> None:
        """Let the relay send every person's key anew."""
        ...
