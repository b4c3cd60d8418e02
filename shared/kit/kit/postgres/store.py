"""A service's database: its connections and transactions, with timeouts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from kit.postgres.clock import WALL_CLOCK
from kit.postgres.comparing import NAME_SERVER
from kit.postgres.errors import SESSION_ERRORS, translated
from kit.postgres.transaction import PostgresTx
from kit.postgres.troubles import address_of, describe
from kit.store import Unavailable

STATEMENT_TIMEOUT_SECONDS = 10.0
"""Seconds until we give up waiting for a statement, or for a free connection."""
COPY_TIMEOUT_SECONDS = 120.0
"""Seconds until a copy is given up, which may be of a whole table."""

SESSION_SETTINGS = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "5000",
    "application_name": "punctual",
}
"""A process that stalls within a transaction loses it, and the locks on its shards, after 5 s."""


class PostgresStore:
    """A service's database, one instance per process. `topic`: that of the service's own events."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", topic: str) -> None:
        self.pool = pool
        self._topic = topic
        self._columns: dict[str, dict[str, str]] = {}
        self.sound = True
        """Whether this process's clock agrees with the server's; while it doesn't, nothing is recorded."""
        self.read_only = False
        """Whether the server took no writes when we last knew."""

    @classmethod
    async def connect(cls, dsn: str, topic: str, *, size: int = 8, at_once: bool = True) -> "PostgresStore":
        """Open a pool of up to `size` connections. Unless `at_once`, it connects only when needed.

        Raises Unavailable if the first connection fails; the message names the database and the next step.
        """
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1 if at_once else 0,
                max_size=size,
                command_timeout=STATEMENT_TIMEOUT_SECONDS,
                timeout=STATEMENT_TIMEOUT_SECONDS,
                server_settings=SESSION_SETTINGS,
                init=_name_server,
                reset=_nothing_to_reset,
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise Unavailable(describe(error, address_of(dsn), "the setting of its address")) from error
        return cls(pool, topic)

    async def close(self) -> None:
        """Close the pool, waiting some seconds at most for statements under way."""
        try:
            async with asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    async def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a service's own query, outside any transaction. Raises Unavailable."""
        async with self._connection() as connection:
            return list(await connection.fetch(statement, *values))

    async def wall_clock(self) -> datetime:
        """The server's time. Raises Unavailable. If the server takes no writes, reconnect: another one may."""
        [(now, self.read_only)] = await self.query(WALL_CLOCK)
        if self.read_only:
            await self.pool.expire_connections()
        return now  # type: ignore[no-any-return]

    async def copy(self, statement: str, *values: Any) -> bytes:
        """The rows of a service's own query as PostgreSQL's binary COPY sends them. Raises Unavailable."""
        data = bytearray()

        async def take(some: bytes) -> None:
            data.extend(some)

        with translated():
            async with self.pool.acquire(timeout=STATEMENT_TIMEOUT_SECONDS) as connection:
                await connection.copy_from_query(
                    statement, *values, output=take, format="binary", timeout=COPY_TIMEOUT_SECONDS
                )
        return bytes(data)

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[PostgresTx]:
        """A Tx whose statements each commit by themselves."""
        async with self._connection() as connection:
            yield PostgresTx(connection, self._topic, self._columns, sound=self.sound)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTx]:
        """A READ COMMITTED transaction; `append` relies on that level."""
        async with self._connection() as connection, connection.transaction():
            tx = PostgresTx(connection, self._topic, self._columns, sound=self.sound)
            yield tx
        for then in tx.then:
            then()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection from the pool. After an error that its session would repeat, all connections are replaced."""
        with translated():
            async with self.pool.acquire(timeout=STATEMENT_TIMEOUT_SECONDS) as connection:
                try:
                    yield connection
                except SESSION_ERRORS as error:
                    self.read_only |= isinstance(error, asyncpg.ReadOnlySQLTransactionError)
                    connection.terminate()
                    await self.pool.expire_connections()
                    raise


async def _name_server(connection: Any) -> None:
    """Note for this connection which server it is to, and refuse a standby."""
    [(_, standby)] = await connection.fetch(NAME_SERVER)
    if standby:
        raise asyncpg.ReadOnlySQLTransactionError("this server is a standby")


async def _nothing_to_reset(connection: Any) -> None:
    """Does nothing: our transactions leave nothing to reset, and the pool's own reset costs a round trip."""
