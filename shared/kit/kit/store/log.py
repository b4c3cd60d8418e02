"""The log: the events of a service, in streams, and in one order per shard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.envelope import Fact
from kit.store.values import Append, Appended, Conflict, Held, Known, Undone


class Log(Protocol):
    """Appends events, each command's once, and reads them."""

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these (shard, command id) were carried out before."""
        ...

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order; a stream without any is missing. Personal fields stay sealed."""
        ...

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict | Held]:
        """Append under the shards' locks, each command on its own."""
        ...

    async def append_together(
        self, batch: Sequence[Append], now: datetime
    ) -> list[Appended | Known | Conflict | Held | Undone]:
        """Append all at one instant, the latest that any of the shards needs, or nothing: then none is Appended."""
        ...

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Take the locks of the idle shards and raise the floor to now: the floor, and each locked shard's last seq."""
        ...
