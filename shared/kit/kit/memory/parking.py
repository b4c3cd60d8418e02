"""Parking: the records that were set aside."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from kit.memory.changes import Changes
from kit.store.values import Parked


class Parking(Changes):
    """Sets records aside, shows them, and forgets them."""

    async def park(self, records: Sequence[Parked]) -> None:
        """Set records aside."""
        await self._step()
        for one in records:
            if not any(
                (p.source, p.shard, p.seq) == (one.source, one.shard, one.seq) for p in self.tables.parked.values()
            ):
                self.tables.position += 1  # like a sequence: never taken back
                self.write(self.tables.parked, self.tables.position, replace(one, position=self.tables.position))

    async def parked(self, shards: Sequence[int], identity: UUID | None = None) -> list[Parked]:
        """The records set aside, in order."""
        await self._step()
        found = [p for p in self.tables.parked.values() if p.shard in shards and identity in (None, p.identity)]
        return sorted(found, key=lambda p: p.position)

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, the tickets and accounts with records set aside."""
        await self._step()
        found: dict[int, set[UUID]] = {}
        for one in self.tables.parked.values():
            if one.shard in shards:
                found.setdefault(one.shard, set()).add(one.identity)
        return found

    async def untried(self, shards: Sequence[int], release: str) -> list[tuple[int, UUID]]:
        """The tickets and accounts that this release has not tried."""
        first: dict[tuple[int, UUID], Parked] = {}
        for one in await self.parked(shards):
            first.setdefault((one.shard, one.identity), one)
        return [place for place, one in first.items() if release not in one.tried]

    async def tried(self, shard: int, identity: UUID, release: str, seq: tuple[str, int], reason: str) -> None:
        """Note that this release has failed to apply them."""
        for one in await self.parked([shard], identity):
            now = reason if (one.source, one.seq) == seq else one.reason
            changed = replace(one, reason=now, tried=(*one.tried, release))
            self.write(self.tables.parked, one.position, changed)

    async def unpark(self, positions: Sequence[int]) -> None:
        """Remove records that were set aside."""
        await self._step()
        for position in positions:
            self.drop(self.tables.parked, position)
