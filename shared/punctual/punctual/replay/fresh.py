"""A new database for rebuilt read models: created, migrated, filled, and dropped unless it is to be kept."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from kit.replay.replay import Rebuilt
from punctual.local.databases import drop_database, role_of
from punctual.local.errors import StackUnavailable
from punctual.local.migrations import folders, migrate

ADMIN = "PUNCTUAL_ADMIN_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Fresh:
    """The new database's address, for the role that made it."""

    dsn: str

    @property
    def shown(self) -> str:
        """The address without its password, which is ADMIN's: others may read the terminal."""
        parts = urlsplit(self.dsn)
        host = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{parts.username}@{host}" if parts.username else host, query="").geturl()

    async def reread(self, rebuilt: Rebuilt) -> Rebuilt:
        """The same rows and columns, as the database gives them back; a row that isn't there is missing."""
        found = Rebuilt(states=rebuilt.states, events=rebuilt.events)
        connection = await asyncpg.connect(self.dsn)
        try:
            for table, rows in rebuilt.tables.items():
                names = [name for name, _ in next(iter(rows))]
                again: dict[Any, dict[str, Any]] = found.tables.setdefault(table, {})
                for row in await connection.fetch(f"SELECT * FROM {table}"):
                    key = tuple((name, row[name]) for name in names)
                    again[key] = {column: row[column] for column in rows.get(key, row.keys())}
        finally:
            await connection.close()
        return found


@asynccontextmanager
async def fresh_database(admin: str, service: str, *, keep: bool = False) -> AsyncIterator[Fresh]:
    """`<service>_replay_<random>`, migrated. Raises StackUnavailable if the role may not create databases."""
    name = f"{role_of(service)}_replay_{secrets.token_hex(4)}"
    try:
        connection = await asyncpg.connect(admin)
    except (OSError, asyncpg.PostgresError) as error:
        raise StackUnavailable(f"{ADMIN}: {error}; --in-memory compares without a database.") from error
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    except asyncpg.InsufficientPrivilegeError as error:
        raise StackUnavailable(
            f"{ADMIN}: its role may not create databases (ALTER ROLE ... CREATEDB); --in-memory needs none."
        ) from error
    finally:
        await connection.close()
    dsn = urlsplit(admin)._replace(path=f"/{name}").geturl()
    stays = False
    try:
        await migrate(dsn, folders(service))
        yield Fresh(dsn)
        stays = keep
    finally:
        if not stays:
            await drop_database(admin, name)
