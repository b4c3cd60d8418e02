"""Comparing the log with its topic at the broker, and adding events that the log lacks."""

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
        """Whether the log may lack recorded events, because some shard is still to be compared."""
        ...

    async def log_ends(self, shards: Sequence[int]) -> list[LogEnd]:
        """Where these shards' logs end, and up to which offset the broker's records are known to be in them."""
        ...

    async def marks(self, shards: Sequence[int]) -> dict[int, str]:
        """By shard a mark that changes whenever the shard is compared again, as after a restore."""
        ...

    async def ids(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], UUID]:
        """The event ids at those (shard, number) that exist."""
        ...

    async def adopt(self, rows: Sequence[Row], answers: dict[UUID, bytes]) -> bool:
        """Add consecutive events of one shard as they are, with the answers that retries of their commands get.

        False: the log doesn't end right before the first of them.
        """
        ...

    async def open(self, shard: int, koffset: int | None = None, relayed: tuple[int, UUID] | None = None) -> None:
        """Let the shard be appended to on this server, since it was compared.

        `koffset`: the first offset that was not looked at; `relayed`: where the relay goes on. None: unchanged.
        """
        ...

    async def close(self, shard: int, reason: str) -> None:
        """Let nothing be appended to the shard, for this reason, since it was compared."""
        ...

    async def republish(self, shard: int, after: int) -> bool:
        """Let the relay send this shard's events after that number again. False: it has not sent that many."""
        ...

    async def republish_keys(self) -> None:
        """Let the relay send every person's key again."""
        ...
