"""The real store: PostgreSQL through asyncpg."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import Fact, Meta
from contracts.names import shard_of_stream
from kit import sql
from kit.decider import Put
from kit.read_models import merged, upsert
from kit.rows import fact_of
from kit.store import BadValue, CursorMoved, Unavailable
from kit.stored import Append, Appended, Conflict, Cursor, Known, Move, Parked, Pending, PolicyRow, Relayed, Row, Timer

PATIENCE = 10.0
"""Seconds until a statement, or a free connection, is given up."""

SESSION = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "5000",
    "application_name": "punctual",
}
"""A process that stalls inside a transaction loses it after 5 s, and with it the shards it had locked."""


class PostgresStore:
    """A service's database. One instance per process; `topic` names where its own events go."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", topic: str) -> None:
        self.pool = pool
        self._topic = topic
        self._columns: dict[str, dict[str, str]] = {}
        self.sound = True
        """False while this process's clock and the server's disagree: then nothing is recorded."""

    @classmethod
    async def connect(cls, dsn: str, topic: str, *, size: int = 8) -> "PostgresStore":
        """Open a pool of at most `size` connections."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            command_timeout=PATIENCE,
            timeout=PATIENCE,
            server_settings=SESSION,
            reset=_nothing_to_reset,
        )
        return cls(pool, topic)

    async def close(self) -> None:
        """Close the pool, waiting at most some seconds for what is under way."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    async def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a service's own query, outside any transaction. Raises Unavailable."""
        with _translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection:
                return list(await connection.fetch(statement, *values))

    @asynccontextmanager
    async def statement(self) -> AsyncIterator["PostgresTx"]:
        """For one statement, which commits by itself."""
        with _translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection:
                yield PostgresTx(connection, self._topic, self._columns, sound=self.sound)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PostgresTx"]:
        """A READ COMMITTED transaction; `append` relies on that level."""
        with _translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
                tx = PostgresTx(connection, self._topic, self._columns, sound=self.sound)
                yield tx
        for then in tx.then:
            then()


_TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a fail-over is under way
    asyncpg.InvalidCachedStatementError,  # a migration came in between
    asyncpg.InternalClientError,  # the server hung up while the driver was not looking: it is confused by that
)


@contextmanager
def _translated() -> Iterator[None]:
    """What asyncpg raises, in the store's own words."""
    try:
        yield
    except (
        asyncpg.DataError,
        asyncpg.IntegrityConstraintViolationError,
        asyncpg.UntranslatableCharacterError,
    ) as error:
        raise BadValue(str(error)) from error
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError, TimeoutError, *_TRANSIENT) as error:
        if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
            raise BadValue(str(error)) from error  # the driver itself could not encode it
        raise Unavailable(f"the database gave no answer: {error!r}") from error


class PostgresTx:
    """One transaction on one connection. `connection` is there for a service's own queries."""

    def __init__(self, connection: Any, topic: str, columns: dict[str, dict[str, str]], *, sound: bool) -> None:
        self.connection = connection
        self.then: list[Callable[[], None]] = []
        self._topic = topic
        self._columns = columns
        self._sound = sound

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call this once the transaction is durable."""
        self.then.append(then)

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these were carried out before."""
        rows = await self.connection.fetch(sql.KNOWN, *_columns_of(commands, 2))
        return {row[0]: Known(row[1], row[2].encode()) for row in rows}

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order."""
        shards = [shard_of_stream(stream) for stream in streams]
        found: dict[str, list[Fact]] = {}
        for row in await self.connection.fetch(sql.HISTORY, shards, streams):
            found.setdefault(row[2], []).append(fact_of(self._topic, Row(*row)))
        return found

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict]:
        """One call of the function `append`: locks, numbers and stores."""
        if not self._sound:
            raise Unavailable("this process's clock is wrong by more than a second: nothing is recorded")
        events = [(event, _meta(one.meta)) for one in batch for event in one.events]
        rows = await self.connection.fetch(
            sql.APPEND,
            now,
            [one.shard for one in batch],
            [one.command_id for one in batch],
            [one.request_hash for one in batch],
            [one.stream for one in batch],
            [one.expected for one in batch],
            [one.result.decode() for one in batch],
            [len(one.events) for one in batch],
            _previous_for_same_stream(batch),
            [event.event_id for event, _ in events],
            [event.type for event, _ in events],
            [event.schema_version for event, _ in events],
            [event.data.decode() for event, _ in events],
            [meta for _, meta in events],
        )
        return [_outcome(row) for row in rows]

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows that exist, locked in the order of their keys."""
        if not keys:
            return []
        types, names = await self._types(table), list(keys[0])
        arrays = ", ".join(f"${n}::{types[name]}[]" for n, name in enumerate(names, 1))
        order = ", ".join(names)
        locking = {"share": " FOR SHARE", "update": " FOR UPDATE", None: ""}[lock]
        query = f"SELECT * FROM {table} WHERE ({order}) IN (SELECT * FROM unnest({arrays})) ORDER BY {order}{locking}"  # noqa: S608 - names are the code's own
        rows = await self.connection.fetch(query, *[[key[name] for key in keys] for name in names])
        return [dict(row) for row in rows]

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows with these values."""
        given = {name: value for name, value in where.items() if value is not None}
        conditions = [f"{name} = ${n}" for n, name in enumerate(given, 1)]
        conditions += [f"{name} IS NULL" for name in where if name not in given]
        query = f"SELECT * FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608 - names are the code's own
        return [dict(row) for row in await self.connection.fetch(query, *given.values())]

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless there is one with this key; waits for another who inserts it now."""
        row = key | values
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        query = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) ON CONFLICT ({', '.join(key)}) DO NOTHING"  # noqa: S608 - names are the code's own
        await self.connection.execute(query, *row.values())
        return (await self.rows(table, [key]))[0]

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows, one statement per table and set of columns."""
        for (table, keys, values), rows in merged(changes).items():
            await self.connection.execute(
                upsert(table, keys, values, await self._types(table)), *_columns_of(rows, len(keys) + len(values))
            )

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        if gone:
            await self.claim(gone)
        if new:
            await self.connection.execute(sql.SET_TIMERS, *_timers(new), [timer.due_at for timer in new])

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers; those returned were still there."""
        return [Timer(*row) for row in await self.connection.fetch(sql.DROP_TIMERS, *_timers(timers))]

    async def advance(self, moves: Sequence[Move], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors, or raise CursorMoved."""
        if begun := [(move.source, move.shard) for move in moves if move.before.seq == 0]:
            await self.connection.execute(sql.BEGIN_CURSORS, *_columns_of(sorted(begun), 2))
        rows = [
            (m.source, m.shard, m.before.seq, m.after.seq, m.after.event_id, m.after.koffset)
            for m in sorted(moves, key=lambda m: (m.source, m.shard))
        ]
        done = await self.connection.execute(sql.ADVANCE, *_columns_of(rows, 6))
        if int(done.split()[-1]) != len(moves):
            raise CursorMoved("another process is ahead in a shard of this batch")
        if seen:
            await self.connection.execute(sql.SEE, *_columns_of(sorted(seen), 3))

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursors of these topics' shards."""
        if lock:  # one that isn't there can't be locked
            places = sorted((source, shard) for source in sources for shard in shards)
            await self.connection.execute(sql.BEGIN_CURSORS, *_columns_of(places, 2))
        query = sql.CURSORS + (" FOR UPDATE" if lock else "")
        rows = await self.connection.fetch(query, sources, shards)
        return {(row[0], row[1]): Cursor(row[2], row[3], row[4]) for row in rows}

    async def park(self, records: Sequence[Parked]) -> None:
        """Set records aside."""
        for one in records:
            headers = msgspec.json.encode(list(one.headers)).decode()
            await self.connection.execute(
                sql.PARK, one.shard, one.identity, one.source, one.seq, one.record, headers, one.reason, one.parked_at
            )

    async def parked(self, shards: Sequence[int], identity: UUID | None = None) -> list[Parked]:
        """What is set aside, in order."""
        rows = await self.connection.fetch(sql.PARKED, shards, identity)
        return [
            Parked(
                position=row[0],
                shard=row[1],
                identity=row[2],
                source=row[3],
                seq=row[4],
                record=row[5],
                headers=msgspec.json.decode(row[6], type=list[tuple[str, bytes]]),
                reason=row[7],
                parked_at=row[8],
            )
            for row in rows
        ]

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, of whom something is set aside."""
        found: dict[int, set[UUID]] = {}
        for shard, identity in await self.connection.fetch(sql.PARKED_IN, shards):
            found.setdefault(shard, set()).add(identity)
        return found

    async def unpark(self, positions: Sequence[int]) -> None:
        """Forget records that were set aside."""
        await self.connection.execute(sql.UNPARK, positions)

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys that are there."""
        return {row[0]: row[1] for row in await self.connection.fetch(sql.KEYS, subjects)}

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys of subjects that have none and were not erased."""
        await self.connection.execute(sql.KEEP_KEYS, list(keys), list(keys.values()), relayed)

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        return {row[0] for row in await self.connection.fetch(sql.ERASED, subjects)}

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        return [PolicyRow(*row) for row in await self.connection.fetch(sql.POLICIES)]

    async def due(self, shards: Sequence[int], before: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        return [Timer(*row) for row in await self.connection.fetch(sql.TIMERS_DUE, shards, before, limit)]

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """What the broker doesn't have yet."""
        found: list[tuple[Row, UUID | None]] = []
        last: tuple[int, UUID | None] = (-1, None)
        unsent = False
        for *columns, cursor, unsent in await self.connection.fetch(sql.TO_RELAY, shards, limit):
            row = Row(*columns)
            found.append((row, last[1] if last[0] == row.shard else cursor))
            last = (row.shard, row.event_id)
        return Pending(found, unsent)

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors, where our lease still holds."""
        rows = [(one.shard, one.seq, one.event_id, one.epoch, one.before) for one in done]
        return {row[0] for row in await self.connection.fetch(sql.RELAYED, *_columns_of(rows, 5))}

    async def lease(self, owner: UUID, held: Sequence[int], seconds: float) -> dict[int, int]:
        """Renew what is held, give back what is above a fair share, take what is free up to it."""
        await self.connection.execute(sql.LEASE_ALIVE, owner, seconds)
        share = await self.connection.fetchval(sql.LEASE_SHARE)
        if len(held) > share:
            await self.release(owner, held[share:])
        ours = dict(await self.connection.fetch(sql.LEASE_RENEW, owner, seconds, held[:share]))
        if len(ours) < share:
            ours |= dict(await self.connection.fetch(sql.LEASE_TAKE, owner, seconds, share - len(ours)))
        return ours

    async def release(self, owner: UUID, shards: Sequence[int]) -> None:
        """Give up leases at once."""
        await self.connection.execute(sql.LEASE_RELEASE, owner, shards)

    async def leave(self, owner: UUID) -> None:
        """No longer count as a relay."""
        await self.connection.execute(sql.LEASE_LEAVE, owner)

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        return {row[0]: row[1] for row in await self.connection.fetch(sql.KEYS_TO_RELAY)}

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        await self.connection.execute(sql.KEYS_RELAYED, subjects)

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Lock the idle shards, raise the floor, read what it stands on."""
        rows = await self.connection.fetch(sql.SETTLE, now)
        floor = rows[0][0] if rows else now
        return floor, {row[1]: row[2] for row in rows}

    async def _types(self, table: str) -> dict[str, str]:
        if table not in self._columns:
            self._columns[table] = dict(await self.connection.fetch(sql.COLUMNS, table))
        return self._columns[table]


def _outcome(row: Any) -> Appended | Known | Conflict:
    match row[0]:
        case "appended":
            return Appended(row[1], row[2], msgspec.json.decode(row[3]))
        case "known":
            return Known(row[4], row[5].encode())
        case _:
            return Conflict()


def _previous_for_same_stream(batch: Sequence[Append]) -> list[int]:
    """For each command the place (from 1) of the one before it for the same stream, or 0."""
    last: dict[str, int] = {}
    places = []
    for place, one in enumerate(batch, 1):
        places.append(last.get(one.stream, 0))
        last[one.stream] = place
    return places


def _meta(meta: Meta) -> str:
    return msgspec.json.encode(meta).decode()


def _timers(timers: Sequence[Timer]) -> list[list[Any]]:
    return [
        [timer.shard for timer in timers],
        [timer.stream for timer in timers],
        [timer.kind for timer in timers],
        [timer.generation for timer in timers],
    ]


def _columns_of(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into the arrays that unnest takes."""
    return [[row[n] for row in rows] for n in range(width)]


async def _nothing_to_reset(connection: Any) -> None:
    """The pool's own reset costs a round trip each time; transactions leave nothing behind here."""
