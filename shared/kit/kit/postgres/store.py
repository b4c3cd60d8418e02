"""A service's database: connections, the transactions on them, and how long anybody waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from kit.postgres.errors import translated
from kit.postgres.transaction import PostgresTx

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
        with translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection:
                return list(await connection.fetch(statement, *values))

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[PostgresTx]:
        """For one statement, which commits by itself."""
        with translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection:
                yield PostgresTx(connection, self._topic, self._columns, sound=self.sound)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTx]:
        """A READ COMMITTED transaction; `append` relies on that level."""
        with translated():
            async with self.pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
                tx = PostgresTx(connection, self._topic, self._columns, sound=self.sound)
                yield tx
        for then in tx.then:
            then()


async def _nothing_to_reset(connection: Any) -> None:
    """The pool's own reset costs a round trip each time; transactions leave nothing behind here."""
