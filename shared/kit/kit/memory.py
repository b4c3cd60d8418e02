"""The store in memory, for simulation and fast tests. It passes the same suite as the real one.

A transaction has the tables to itself; each change notes how to undo it, and a transaction that doesn't end well is
undone. `stutter` is awaited between its steps, so that a simulation can let others run, or crash a process, anywhere.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

import msgspec

from contracts.envelope import Fact
from contracts.names import SHARDS
from kit.decider import Put
from kit.read_models import merged
from kit.rows import fact_of
from kit.store import BadValue, CursorMoved
from kit.stored import Append, Appended, Conflict, Cursor, Known, Move, Parked, Pending, PolicyRow, Relayed, Row, Timer

RECORD_LIMIT = 512 * 1024
NEVER = datetime(1, 1, 1, tzinfo=UTC)
Model = dict[tuple[Any, ...], dict[str, Any]]


@dataclass
class Tables:
    """All rows of one service."""

    log: dict[int, list[Row]] = field(default_factory=lambda: {shard: [] for shard in range(SHARDS)})
    streams: dict[str, list[Row]] = field(default_factory=dict)
    commands: dict[tuple[int, UUID], Known] = field(default_factory=dict)
    floor: datetime = NEVER
    seen: dict[int, dict[str, int]] = field(default_factory=dict)
    cursors: dict[tuple[str, int], Cursor] = field(default_factory=dict)
    timers: dict[tuple[int, str, str], Timer] = field(default_factory=dict)
    parked: dict[int, Parked] = field(default_factory=dict)
    position: int = 0
    keys: dict[UUID, bytes] = field(default_factory=dict)
    unrelayed: set[UUID] = field(default_factory=set)
    erased: set[UUID] = field(default_factory=set)
    models: dict[str, Model] = field(default_factory=dict)
    relayed: dict[int, tuple[int, UUID | None]] = field(default_factory=dict)
    leases: dict[int, tuple[UUID | None, int]] = field(default_factory=dict)


async def no_stutter() -> None:
    """Go straight on."""


class MemoryStore:
    """A service's tables in this process. They outlive the parts that use them, as a database does."""

    def __init__(self, topic: str, stutter: Callable[[], Awaitable[None]] = no_stutter) -> None:
        self.topic = topic
        self.tables = Tables()
        self.stutter = stutter
        self._mutex = asyncio.Lock()

    def statement(self) -> AbstractAsyncContextManager["MemoryTx"]:
        """The same as a transaction: nothing is saved here."""
        return self.transaction()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemoryTx"]:
        """The only one at its time. The step after the commit may crash too: then the answer is lost, not the write."""
        async with self._mutex:
            tx = MemoryTx(self)
            try:
                yield tx
                await self.stutter()
            except BaseException:
                tx.undo()
                raise
            await self.stutter()
        for then in tx.then:
            then()


class MemoryTx:
    """One transaction."""

    def __init__(self, store: MemoryStore) -> None:
        self.then: list[Callable[[], None]] = []
        self.tables = store.tables
        self._topic = store.topic
        self._step = store.stutter
        self._undo: list[Callable[[], Any]] = []

    def undo(self) -> None:
        """Take back all changes."""
        for undo in reversed(self._undo):
            undo()

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call this once the transaction is done."""
        self.then.append(then)

    def write(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Set a row, and know how to undo it."""
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.pop(key, None))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        """Remove a row, and know how to undo it."""
        before = table.pop(key)
        self._undo.append(lambda: table.__setitem__(key, before))

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these were carried out before."""
        await self._step()
        return {key[1]: self.tables.commands[key] for key in commands if key in self.tables.commands}

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order."""
        await self._step()
        rows = self.tables.streams
        return {name: [fact_of(self._topic, row) for row in rows[name]] for name in streams if name in rows}

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict]:
        """Number and store each command's events, or say why not."""
        await self._step()
        heads: dict[int, datetime] = {}
        void: set[str] = set()
        return [self._append(one, now, heads, void) for one in batch]

    def _append(
        self, one: Append, now: datetime, heads: dict[int, datetime], void: set[str]
    ) -> Appended | Known | Conflict:
        tables = self.tables
        if known := tables.commands.get((one.shard, one.command_id)):
            return known
        stream = tables.streams.get(one.stream, [])
        if len(stream) != one.expected or one.stream in void:
            void.add(one.stream)
            return Conflict()
        log = tables.log[one.shard]
        if one.shard not in heads:
            heads[one.shard] = max(now, tables.floor, log[-1].recorded_at if log else NEVER)
        at, seen = heads[one.shard], dict(tables.seen.get(one.shard, {}))
        meta = msgspec.json.encode(replace(one.meta, seen=seen)).decode()
        first = len(log) + 1
        if one.events and one.stream not in tables.streams:
            self.write(tables.streams, one.stream, stream)
        for n, event in enumerate(one.events):
            if len(event.data) + len(meta) > RECORD_LIMIT:
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

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows of a read model that exist."""
        await self._step()
        model = self.tables.models.get(table, {})
        wanted = sorted(tuple(key.values()) for key in keys)
        return [dict(model[key]) for key in wanted if key in model]

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows with these values."""
        await self._step()
        rows = self.tables.models.get(table, {}).values()
        return [dict(row) for row in rows if all(row.get(name) == value for name, value in where.items())]

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless there is one with this key."""
        await self._step()
        model = self.tables.models.setdefault(table, {})
        if tuple(key.values()) not in model:
            self.write(model, tuple(key.values()), key | values)
        return dict(model[tuple(key.values())])

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows."""
        await self._step()
        for (table, keys, columns), rows in merged(changes).items():
            model = self.tables.models.setdefault(table, {})
            for row in rows:
                key = tuple(row[: len(keys)])
                self.write(model, key, model.get(key, {}) | dict(zip(keys + columns, row, strict=True)))

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        await self.claim(gone)
        for timer in new:
            self.write(self.tables.timers, (timer.shard, timer.stream, timer.kind), timer)

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers; those returned were still there."""
        await self._step()
        claimed = []
        for timer in timers:
            key = (timer.shard, timer.stream, timer.kind)
            found = self.tables.timers.get(key)
            if found and found.generation == timer.generation:
                self.drop(self.tables.timers, key)
                claimed.append(found)
        return claimed

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        await self._step()
        rows = sorted(
            self.tables.models.get("policies", {}).values(), key=lambda row: (row["published_at"], row["version"])
        )
        return [PolicyRow(row["schema_version"], row["data"]) for row in rows]

    async def due(self, shards: Sequence[int], before: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        await self._step()
        mine = [t for t in self.tables.timers.values() if t.shard in shards and t.due_at < before]
        return sorted(mine, key=lambda t: t.due_at)[:limit]

    async def advance(self, moves: Sequence[Move], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors, or raise CursorMoved."""
        await self._step()
        for move in moves:
            place = (move.source, move.shard)
            if self.tables.cursors.get(place, Cursor()).seq != move.before.seq:
                raise CursorMoved("another process is ahead in a shard of this batch")
            self.write(self.tables.cursors, place, move.after)
        for shard, topic, seq in seen:
            row = self.tables.seen.get(shard, {})
            self.write(self.tables.seen, shard, row | {topic: max(seq, row.get(topic, 0))})

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursors of these topics' shards."""
        await self._step()
        places = [(source, shard) for source in sources for shard in shards]
        return {place: self.tables.cursors[place] for place in places if place in self.tables.cursors}

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
        """What is set aside, in order."""
        await self._step()
        found = [p for p in self.tables.parked.values() if p.shard in shards and identity in (None, p.identity)]
        return sorted(found, key=lambda p: p.position)

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, of whom something is set aside."""
        await self._step()
        found: dict[int, set[UUID]] = {}
        for one in self.tables.parked.values():
            if one.shard in shards:
                found.setdefault(one.shard, set()).add(one.identity)
        return found

    async def unpark(self, positions: Sequence[int]) -> None:
        """Forget records that were set aside."""
        await self._step()
        for position in positions:
            self.drop(self.tables.parked, position)

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys that are there."""
        await self._step()
        return {subject: self.tables.keys[subject] for subject in subjects if subject in self.tables.keys}

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys of subjects that have none and were not erased."""
        await self._step()
        for subject, wrapped in keys.items():
            if subject not in self.tables.keys and subject not in self.tables.erased:
                self.write(self.tables.keys, subject, wrapped)
                if not relayed:
                    self.tables.unrelayed.add(subject)
                    self._undo.append(partial(self.tables.unrelayed.discard, subject))

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        await self._step()
        return self.tables.erased & set(subjects)

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """What the broker doesn't have yet."""
        await self._step()
        found: list[tuple[Row, UUID | None]] = []
        for shard in shards:
            seq, previous = self.tables.relayed.get(shard, (0, None))
            for row in self.tables.log[shard][seq : seq + limit]:
                found.append((row, previous))
                previous = row.event_id
        return Pending(found, bool(self.tables.unrelayed))

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors, where our lease still holds."""
        await self._step()
        mine = [
            one
            for one in done
            if self.tables.relayed.get(one.shard, (0, None))[0] == one.before
            and self.tables.leases.get(one.shard, (None, 0))[1] == one.epoch
        ]
        for one in mine:
            self.write(self.tables.relayed, one.shard, (one.seq, one.event_id))
        return {one.shard for one in mine}

    async def lease(self, owner: UUID, held: Sequence[int], seconds: float) -> dict[int, int]:
        """Take over every shard: in memory the newest owner is the only one."""
        await self._step()
        for shard in range(SHARDS):
            holder, epoch = self.tables.leases.get(shard, (None, 0))
            if holder != owner:
                self.write(self.tables.leases, shard, (owner, epoch + 1))
        return {shard: epoch for shard, (holder, epoch) in self.tables.leases.items() if holder == owner}

    async def release(self, owner: UUID, shards: Sequence[int]) -> None:
        """Nothing to wait for in memory."""
        await self._step()

    async def leave(self, owner: UUID) -> None:
        """Nobody counts in memory."""
        await self._step()

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        await self._step()
        return {subject: self.tables.keys[subject] for subject in sorted(self.tables.unrelayed)}

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        await self._step()
        for subject in set(subjects) & self.tables.unrelayed:
            self.tables.unrelayed.discard(subject)
            self._undo.append(partial(self.tables.unrelayed.add, subject))

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Raise the floor to now; it, and the last shard_seq of every shard."""
        await self._step()
        before = self.tables.floor
        self._undo.append(lambda: setattr(self.tables, "floor", before))
        self.tables.floor = max(before, now)
        return self.tables.floor, {shard: len(log) for shard, log in self.tables.log.items()}
