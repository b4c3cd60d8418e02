"""The log: a list per shard, and one per stream."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.envelope import Fact
from kit.memory.changes import Changes
from kit.memory.tables import NEVER
from kit.store import BadValue
from kit.store.rows import fact_of
from kit.store.values import Append, Appended, Conflict, Held, Known, Row, Undone, all_or_none

MAX_RECORD_BYTES = 512 * 1024


class Log(Changes):
    """Appends events, each command's once, and reads them."""

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these were carried out before."""
        await self._step()
        return {key[1]: self.tables.commands[key] for key in commands if key in self.tables.commands}

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order."""
        await self._step()
        rows = self.tables.streams
        return {name: [fact_of(self._topic, row) for row in rows[name]] for name in streams if name in rows}

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict | Held]:
        """Number and store each command's events, or say why not."""
        await self._step()
        heads: dict[int, datetime] = {}
        void: set[str] = set()
        return [self._append(one, now, heads, void) for one in batch]

    async def append_together(
        self, batch: Sequence[Append], now: datetime
    ) -> list[Appended | Known | Conflict | Held | Undone]:
        """Append all at one instant, or nothing."""
        await self._step()
        last = [log[-1].recorded_at for one in batch if (log := self.tables.log[one.shard])]
        mark, instant = len(self._undo), max([now, self.tables.floor, *last])
        outcomes = all_or_none(await self.append(batch, instant))
        if not all(isinstance(outcome, Appended) for outcome in outcomes):
            self.undo_since(mark)
        return outcomes

    def _append(
        self, one: Append, now: datetime, heads: dict[int, datetime], void: set[str]
    ) -> Appended | Known | Conflict | Held:
        tables = self.tables
        if known := tables.commands.get((one.shard, one.command_id)):
            return known
        if closed := tables.closed(one.shard):
            return Held(closed.reason)
        stream = tables.streams.get(one.stream, [])
        if len(stream) != one.expected or one.stream in void:
            void.add(one.stream)
            return Conflict()
        log = tables.log[one.shard]
        if one.shard not in heads:
            heads[one.shard] = max(now, tables.floor, log[-1].recorded_at if log else NEVER)
        at, seen = heads[one.shard], dict(tables.seen.get(one.shard, {}))
        of_all = replace(one.meta, seen=seen)
        first = len(log) + 1
        if one.events and one.stream not in tables.streams:
            self.write(tables.streams, one.stream, stream)
        for n, event in enumerate(one.events):
            meta = msgspec.json.encode(event.within(of_all)).decode()
            if len(event.data) + len(meta) > MAX_RECORD_BYTES:
                raise BadValue("event_fits_a_record")
            row = Row(
                one.shard, first + n, one.stream, one.expected + n + 1, event.event_id, one.command_id,
                event.type, event.schema_version, at, event.data.decode(), meta,
            )  # fmt: skip
            for rows in (log, stream):
                rows.append(row)
                self._undo.append(rows.pop)
        self.write(tables.commands, (one.shard, one.command_id), Known(one.request_hash, one.result))
        return Appended(first, at, seen)

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Raise the floor to now; it, and the last shard_seq of every shard."""
        await self._step()
        before = self.tables.floor
        self._undo.append(lambda: setattr(self.tables, "floor", before))
        self.tables.floor = max(before, now)
        return self.tables.floor, {
            shard: len(log) for shard, log in self.tables.log.items() if not self.tables.closed(shard)
        }
