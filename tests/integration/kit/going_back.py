"""Databases that go back in time: copied and put back, or restored row by row under whoever uses them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

SAVED = "saved"


@asynccontextmanager
async def administering(superuser: str, dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A superuser's connection to a service's database."""
    connection = await asyncpg.connect(superuser, database=dsn.rpartition("/")[2])
    try:
        yield connection
    finally:
        await connection.close()


async def save(superuser: str, dsn: str) -> None:
    """Keep all rows beside, as a dump does, at one instant."""
    async with administering(superuser, dsn) as admin, admin.transaction(isolation="repeatable_read"):
        await admin.execute(f"DROP SCHEMA IF EXISTS {SAVED} CASCADE; CREATE SCHEMA {SAVED}")
        for table in await _tables(admin):
            await admin.execute(f"CREATE TABLE {SAVED}.{table} AS TABLE public.{table}")
        for sequence in await _sequences(admin):
            await admin.execute(
                f"CREATE TABLE {SAVED}.{sequence} AS SELECT last_value, is_called FROM public.{sequence}"
            )


async def restore(superuser: str, dsn: str) -> None:
    """Put back what was kept, while others may be connected: the same server, database and tables."""
    async with administering(superuser, dsn) as admin, admin.transaction():
        tables = await _tables(admin)
        await admin.execute(f"TRUNCATE {', '.join(f'public.{table}' for table in tables)}")
        for table in tables:
            await admin.execute(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE {SAVED}.{table}")
        for sequence in await _sequences(admin):
            await admin.execute(f"SELECT setval('public.{sequence}', last_value, is_called) FROM {SAVED}.{sequence}")


async def copy(superuser: str, dsn: str, name: str) -> None:
    """Copy the files of a database that nobody is at work in."""
    async with administering(superuser, "/postgres") as admin:
        source = dsn.rpartition("/")[2]
        owner = await admin.fetchval("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", source)
        async with asyncio.timeout(30):
            while True:  # whoever comes back meanwhile, a vacuum too, is sent away again
                await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", source)
                with suppress(asyncpg.ObjectInUseError):
                    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" OWNER "{owner}"')
                    return
                await asyncio.sleep(0.05)


async def put_back(superuser: str, dsn: str, name: str) -> None:
    """Put a copy in the place of a database, whoever is connected to that."""
    place = dsn.rpartition("/")[2]
    async with administering(superuser, "/postgres") as admin:
        await admin.execute(f'DROP DATABASE "{place}" WITH (FORCE)')
        await admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{place}"')


async def _tables(admin: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    rows = await admin.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition ORDER BY relname"
    )
    return [row[0] for row in rows]


async def _sequences(admin: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    rows = await admin.fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
    return [row[0] for row in rows]


async def fetch(superuser: str, dsn: str, statement: str) -> list[Any]:
    """The first column."""
    async with administering(superuser, dsn) as admin:
        return [row[0] for row in await admin.fetch(statement)]
