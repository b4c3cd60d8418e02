"""`punctual prepare` makes what is missing, and leaves what is there as it is: a desk may be running on it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.stack import Addresses

from punctual.commands import containers
from punctual.local.databases import drop_database, passwords, readdress


class Place:
    """A server on which `prepare` makes one service's database, under a name that nobody else has."""

    def __init__(self, stack: Addresses, admin: asyncpg.Connection, patch: pytest.MonkeyPatch) -> None:
        self.superuser, self.admin, self.patch = stack.postgres_superuser_dsn, admin, patch
        self.role = f"prepared_{secrets.token_hex(4)}"
        self.admins: list[str] = []

    async def prepare(self, dsn: str, *, rotate: bool = False) -> None:
        self.patch.setenv("PUNCTUAL_ADMIN_DATABASE_URL", dsn)
        await asyncio.to_thread(containers.prepare, rotate_passwords=rotate)

    async def another_administrator(self) -> str:
        """The address of a superuser with a password of his own."""
        name, password = f"admin_{secrets.token_hex(4)}", secrets.token_hex(8) + "%'@"
        await self.admin.execute(
            f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{password.replace(chr(39), chr(39) * 2)}'"
        )
        self.admins.append(name)
        return readdress(self.superuser, user=name, password=password, database="postgres")

    def address(self, password: str, role: str | None = None) -> str:
        return readdress(self.superuser, user=role or self.role, password=password, database=self.role)

    async def state(self) -> Any:
        """What the server knows of the roles and of the database."""
        roles = "SELECT rolname, rolpassword, rolcanlogin FROM pg_authid WHERE rolname LIKE $1 || '%' ORDER BY 1"
        database = "SELECT datdba, datacl FROM pg_database WHERE datname = $1"
        return await self.admin.fetch(roles, self.role), await self.admin.fetch(database, self.role)


@pytest.fixture
async def place(stack: Addresses, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    admin = await asyncpg.connect(stack.postgres_superuser_dsn)
    made = Place(stack, admin, monkeypatch)

    async def no_topics(kafka: str, prefix: str) -> list[str]:
        return []

    monkeypatch.setattr(containers, "SERVICES", (made.role,))
    monkeypatch.setattr(containers, "create_topics", no_topics)
    try:
        yield made
    finally:
        await drop_database(stack.postgres_superuser_dsn, made.role)
        for name in (made.role, f"{made.role}_owner", *made.admins):
            await admin.execute(f'DROP ROLE IF EXISTS "{name}"')
        await admin.close()


async def enters(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidPasswordError:
        return False
    tables = await connection.fetchval("SELECT count(*) FROM events")
    await connection.close()
    return bool(tables == 0)


async def test_another_administrator_who_prepares_again_locks_nobody_out(place: Place) -> None:
    await place.prepare(place.superuser)
    running = place.address(passwords(urlsplit(place.superuser).password or "")(place.role))
    assert await enters(running)
    before = await place.state()

    await place.prepare(await place.another_administrator())
    assert await place.state() == before
    assert await enters(running)


async def test_what_an_administrator_has_granted_stays(place: Place) -> None:
    await place.prepare(place.superuser)
    await place.admin.execute(f'GRANT CONNECT ON DATABASE "{place.role}" TO PUBLIC')
    await place.admin.execute(f'ALTER ROLE "{place.role}_owner" NOLOGIN')
    before = await place.state()
    await place.prepare(place.superuser)
    assert await place.state() == before


async def test_a_new_role_gets_the_password_that_its_service_is_told(place: Place) -> None:
    told = place.address("chosen by:ops/%")
    place.patch.setenv(f"PUNCTUAL_{place.role.upper()}_DATABASE_URL", told)
    await place.prepare(place.superuser)
    assert await enters(told)


async def test_another_password_in_the_settings_is_named_and_set_only_on_demand(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    await place.prepare(place.superuser)
    told = place.address("another")
    place.patch.setenv(f"PUNCTUAL_{place.role.upper()}_DATABASE_URL", told)
    before = await place.state()
    await place.prepare(place.superuser)
    assert await place.state() == before
    said = capsys.readouterr().err
    assert f"with another password than the one in PUNCTUAL_{place.role.upper()}_DATABASE_URL" in said
    assert "prepare --rotate-passwords" in said

    await place.prepare(place.superuser, rotate=True)
    assert await enters(told)
    assert capsys.readouterr().err == ""
