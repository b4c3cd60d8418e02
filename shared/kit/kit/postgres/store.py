"""A service's database: connections, the transactions on them, and how long anybody waits."""

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
"""Seconds until a statement, or a free connection, is given up."""
COPY_TIMEOUT_SECONDS = 120.0
"""Seconds until a copy is given up: it may be of a whole table."""

SESSION_SETTINGS = {
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
        self.read_only = False
        """Whether the server last said that it takes no writes."""

    @classmethod
    async def connect(cls, dsn: str, topic: str, *, size: int = 8, at_once: bool = True) -> "PostgresStore":
        """Open a pool of at most `size` connections; the first one when it is needed, unless `at_once`.

        Raises Unavailable, in words that name the database and the next step, if the first one can't be had.
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
        """Close the pool, waiting at most some seconds for what is under way."""
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
        """The server's clock. Raises Unavailable; a server that takes no writes is left, should another do so now."""
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
        """For one statement, which commits by itself."""
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
        """A connection for a moment. One that is of no more use is let go, and so are the others of its time."""
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
    """Let this connection know which server it is to."""
    [(_, standby)] = await connection.fetch(NAME_SERVER)
    if standby:
        raise asyncpg.ReadOnlySQLTransactionError("this server is a standby")


async def _nothing_to_reset(connection: Any) -> None:
    """The pool's own reset costs a round trip each time; transactions leave nothing behind here."""
