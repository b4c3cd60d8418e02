"""Comparing the log with what the broker has of it."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec

from contracts.envelope import Meta
from contracts.names import SHARDS
from kit.memory.changes import Changes
from kit.store.values import Closed, Known, LogEnd, Row


class Comparing(Changes):
    """Reads and marks how far the log is known to be complete."""

    async def closed(self) -> dict[int, Closed]:
        """The shards to which nothing may be appended now."""
        await self._step()
        found = {shard: self.tables.closed(shard) for shard in range(SHARDS)}
        return {shard: closed for shard, closed in found.items() if closed}

    async def unsure(self) -> bool:
        """Whether the log may lack recorded events."""
        return any(one.unsure for one in (await self.closed()).values())

    async def log_ends(self, shards: Sequence[int]) -> list[LogEnd]:
        """Where these shards' logs end."""
        await self._step()
        tables = self.tables
        return [
            LogEnd(
                shard,
                len(log := tables.log[shard]),
                log[-1].event_id if log else None,
                *tables.relayed.get(shard, (0, None)),
                tables.koffsets.get(shard, 0),
                shard in tables.verified,
            )
            for shard in shards
        ]

    async def marks(self, shards: Sequence[int]) -> dict[int, str]:
        """By shard, a mark that changes whenever the shard is compared again."""
        await self._step()
        return {shard: self.mark(shard) for shard in shards}

    def mark(self, shard: int) -> str:
        """The mark of one shard."""
        return "/".join(map(str, self.tables.verified.get(shard, ())))

    async def ids(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], UUID]:
        """The event ids at these (shard, number)."""
        await self._step()
        log = self.tables.log
        return {(shard, seq): log[shard][seq - 1].event_id for shard, seq in places if 0 < seq <= len(log[shard])}

    async def adopt(self, rows: Sequence[Row], answers: dict[UUID, bytes]) -> bool:
        """Add events of one shard as they are."""
        await self._step()
        tables, shard = self.tables, rows[0].shard
        if len(tables.log[shard]) != rows[0].shard_seq - 1:
            return False
        for row in rows:
            stream = tables.streams.get(row.stream, [])
            if row.stream not in tables.streams:
                self.write(tables.streams, row.stream, stream)
            for there in (tables.log[shard], stream):
                there.append(row)
                self._undo.append(there.pop)
            seen = tables.seen.get(shard, {})
            for topic, seq in msgspec.json.decode(row.meta, type=Meta).seen.items():
                seen = seen | {topic: max(seq, seen.get(topic, 0))}
            self.write(tables.seen, shard, seen)
        for command, answer in answers.items():
            if (shard, command) not in tables.commands:
                self.write(tables.commands, (shard, command), Known(b"", answer))
        return True

    async def open(self, shard: int, koffset: int | None = None, relayed: tuple[int, UUID] | None = None) -> None:
        """Let the shard be appended to on this server."""
        await self._step()
        self.write(self.tables.verified, shard, (self.tables.server, None))
        if koffset is not None:
            self.write(self.tables.koffsets, shard, koffset)
        if relayed and self.tables.relayed.get(shard, (0, None))[0] < relayed[0]:
            self.write(self.tables.relayed, shard, relayed)

    async def close(self, shard: int, reason: str) -> None:
        """Let nothing be appended to the shard."""
        await self._step()
        self.write(self.tables.verified, shard, (self.tables.server, reason))

    async def republish(self, shard: int, after: int) -> bool:
        """Set the relay's cursor back to an event, and note its id."""
        await self._step()
        if self.tables.relayed.get(shard, (0, None))[0] <= after:
            return False
        self.write(self.tables.relayed, shard, (after, self.tables.log[shard][after - 1].event_id if after else None))
        return True

    async def republish_keys(self) -> None:
        """Let the relay send every key again."""
        await self._step()
        for subject in sorted(self.tables.keys.keys() - self.tables.unrelayed):
            self.tables.unrelayed.add(subject)
            self._undo.append(partial(self.tables.unrelayed.discard, subject))
