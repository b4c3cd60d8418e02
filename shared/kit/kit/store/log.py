"""The log: the events of a service, ordered in each stream and in each shard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.envelope import Fact
from kit.store.values import Append, Appended, Conflict, Held, Known, Undone


class Log(Protocol):
    """Appends the events of each command once, and reads them."""

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Those of these (shard, command id) that were carried out before, by command id."""
        ...

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order, personal fields sealed. A stream without any is missing."""
        ...

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict | Held]:
        """Append under the shards' locks. Each command has an outcome of its own."""
        ...

    async def append_together(
        self, batch: Sequence[Append], now: datetime
    ) -> list[Appended | Known | Conflict | Held | Undone]:
        """Append all at one instant, no earlier than the last event of any of the shards; or append none."""
        ...

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Lock the shards that nobody is writing, and raise the floor to now.

        Returns the floor, and the last number of each locked shard: nothing after it is recorded before the floor.
        """
        ...
