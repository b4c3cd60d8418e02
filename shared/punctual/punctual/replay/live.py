"""The live read models."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from kit.process.service import Service
from kit.replay.replay import Difference, Rebuilt, differences

_TABLE = re.compile(r"^CREATE TABLE (\w+) \(", re.MULTILINE)


@asynccontextmanager
async def snapshot(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees the database as it is now, for as long as it takes."""
    connection = await asyncpg.connect(
        dsn, server_settings={"idle_in_transaction_session_timeout": "0", "jit": "off", "work_mem": "64MB"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


def tables_of(service: Service) -> list[str]:
    """The tables that a service's own migrations make."""
    files = sorted(service.migrations.glob("*.sql"))
    return [table for file in files for table in _TABLE.findall(file.read_text())]


async def compare(connection: asyncpg.Connection, rebuilt: Rebuilt) -> list[Difference]:
    """Compare every row and column that a projection sets with the live ones."""
    found: list[Difference] = []
    for table in rebuilt.tables:
        rows = await connection.fetch(f"SELECT * FROM {table}")
        found += differences(table, (dict(row) for row in rows), rebuilt)
    return found


async def untouched(connection: asyncpg.Connection, service: Service, rebuilt: Rebuilt) -> dict[str, int]:
    """The service's tables that no projection wrote a row of, and how many live rows each has."""
    others = [table for table in tables_of(service) if table not in rebuilt.tables]
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in others}
