"""Databases for tests: each one new, uniquely named, migrated, and dropped afterwards.

The first of a kind is migrated and kept as a template; the others are copies, which takes a tenth of the time.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from punctual.local.databases import Dsns, create_database, drop_database, passwords, role_of
from punctual.local.migrations import folders, migrate


class Databases:
    """Makes databases on one server for one run (`run` names the templates that its workers share)."""

    def __init__(self, admin_dsn: str, run: str) -> None:
        self._admin = admin_dsn
        # Roles belong to the server: runs that share one must agree on the passwords.
        self._passwords = passwords(admin_dsn)
        self._run = "".join(c for c in run.lower() if c.isalnum())[-12:]

    @asynccontextmanager
    async def some(self) -> AsyncIterator[Callable[[str], Awaitable[Dsns]]]:
        """A function that makes a database of a kind (`kit` or a service); all are dropped at the end."""
        made: list[str] = []

        async def make(service: str) -> Dsns:
            role = role_of(service)
            name = f"{role}_{secrets.token_hex(5)}"
            made.append(name)
            while True:
                template = await self._template(service)
                try:
                    return await create_database(
                        self._admin, role, self._passwords, name=name, template=template, rotate=True
                    )
                except asyncpg.InvalidCatalogNameError:
                    continue  # another worker has ended and dropped it just now

        try:
            yield make
        finally:
            for name in made:
                await drop_database(self._admin, name)

    async def _template(self, service: str) -> str:
        name = f"template_{role_of(service)}_{_fingerprint(service)}_{self._run}"
        admin = await asyncpg.connect(self._admin)
        try:
            await admin.execute("SELECT pg_advisory_lock(hashtext($1))", name)
            if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                draft = f"draft_{secrets.token_hex(5)}"
                addresses = await create_database(
                    self._admin, role_of(service), self._passwords, name=draft, rotate=True
                )
                await migrate(addresses.owner, folders(service))
                await admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
        finally:
            await admin.close()
        return name

    async def drop_templates(self) -> None:
        """Drop this run's templates; whoever needs one again makes it again."""
        admin = await asyncpg.connect(self._admin)
        try:
            names = await admin.fetch(
                "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' AND datname LIKE '%\\_' || $1",
                self._run,
            )
        finally:
            await admin.close()
        for row in names:
            await drop_database(self._admin, row["datname"])


def _fingerprint(service: str) -> str:
    """Changes whenever one of its migrations does."""
    digest = hashlib.sha256()
    for folder in folders(service):
        for file in sorted(folder.glob("*.sql")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
