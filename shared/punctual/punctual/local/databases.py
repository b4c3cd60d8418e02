"""One database per service, and two roles: `<service>_owner` owns and migrates it, `<service>` runs on it."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from contracts.names import SERVICES as SERVICES

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Dsns:
    """A database's addresses: for its owner, who migrates, and for the service, which runs."""

    owner: str
    app: str


def role_of(service: str) -> str:
    """The role, and database, of a service: `sla_timer` for `sla-timer`."""
    return service.replace("-", "_")


def passwords(secret: str) -> Callable[[str], str]:
    """A password per role, derived from one secret, so that every process of a stack finds the same."""
    return lambda role: hashlib.sha256(f"{secret}/{role}".encode()).hexdigest()[:32]


def readdress(dsn: str, *, user: str, password: str, database: str) -> str:
    """The same server, another role and database."""
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql", f"{user}:{quote(password, safe='')}@{host}", f"/{database}", parts.query, ""))


def moved(dsn: str, database: str) -> str:
    """The same server and the same role, another database."""
    parts = urlsplit(dsn)
    return urlunsplit(("postgresql", parts.netloc, f"/{database}", parts.query, ""))


async def create_roles(
    admin: asyncpg.Connection, role: str, password_of: Callable[[str], str], *, rotate: bool = False
) -> None:
    """`<role>_owner` and `<role>`, where they are missing. Those that exist keep their passwords, unless `rotate`."""
    for name in (f"{_checked(role)}_owner", role):
        # Two runs may do this at once: roles belong to the whole server.
        await admin.execute("SELECT pg_advisory_lock(hashtext('punctual roles'))")
        try:
            if not await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
                await admin.execute(f'CREATE ROLE "{name}" LOGIN PASSWORD {_quoted(password_of(name))}')
            elif rotate:
                await admin.execute(f'ALTER ROLE "{name}" PASSWORD {_quoted(password_of(name))}')
        finally:
            await admin.execute("SELECT pg_advisory_unlock(hashtext('punctual roles'))")


async def create_database(
    admin_dsn: str,
    role: str,
    password_of: Callable[[str], str],
    *,
    name: str | None = None,
    template: str = "template1",
    rotate: bool = False,
) -> Dsns:
    """The database `name` (by default named like the role), owned by `<role>_owner`; what is there stays as it is.

    Nobody but its two roles may connect to a new one. What the service may do inside is granted by its migrations.
    `rotate`: give both roles the passwords of `password_of`, whatever they had.
    """
    database = _checked(name or role)
    admin = await asyncpg.connect(admin_dsn)
    try:
        await create_roles(admin, role, password_of, rotate=rotate)
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
            # Copied as files: a template's pages need not go through the log of changes, which takes twice as long.
            copied = f'TEMPLATE "{_checked(template)}" STRATEGY file_copy'
            await admin.execute(f'CREATE DATABASE "{database}" OWNER "{role}_owner" {copied}')
        # Nobody has said yet who may connect: it is new, or whoever made it was interrupted here.
        if await admin.fetchval("SELECT datacl IS NULL FROM pg_database WHERE datname = $1", database):
            async with admin.transaction():
                await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
                await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{role}"')
    finally:
        await admin.close()
    return dsns(admin_dsn, role, password_of, name=database)


async def drop_database(admin_dsn: str, name: str) -> None:
    """Drop it, whoever is connected; nothing happens if it is gone."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{_checked(name)}" WITH (FORCE)')
    finally:
        await admin.close()


def dsns(admin_dsn: str, role: str, password_of: Callable[[str], str], *, name: str | None = None) -> Dsns:
    """The addresses of a database that exists."""
    database = name or role
    owner = f"{role}_owner"
    return Dsns(
        owner=readdress(admin_dsn, user=owner, password=password_of(owner), database=database),
        app=readdress(admin_dsn, user=role, password=password_of(role), database=database),
    )


def _quoted(text: str) -> str:
    """As a literal: CREATE ROLE takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a role or database: lower case letters, digits and _, at most 63")
    return name
