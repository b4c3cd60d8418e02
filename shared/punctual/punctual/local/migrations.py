"""Plain SQL files, applied by dbmate as the database's owner: the kit's first, then the service's own."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from punctual.local.databases import SERVICES
from punctual.local.errors import StackUnavailable
from punctual.local.places import sources
from punctual.local.tools import run_tool

LOCK_TIMEOUT_SECONDS = 900.0
"""How long to try for a lock that another session holds: a backup of a large database takes a while."""
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 10.0
"""Seconds between tries, at first and at most: in the pause, sessions that queued behind us go on."""
ALL_MIGRATIONS_TIMEOUT_SECONDS = 6 * 3600.0
"""How long all migrations together may run."""
LOCKED = ("lock timeout", "55P03", "deadlock detected", "40P01")
"""What dbmate says when a statement waited for longer than the migration's `lock_timeout`."""
HOLDER = """
SELECT pid, application_name, usename FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE locktype = 'relation' AND granted AND pid <> pg_backend_pid()
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY xact_start NULLS LAST LIMIT 1
"""


class MigrationFailed(Exception):
    """The database refused a migration; the message is dbmate's."""


def folders(service: str) -> list[Path]:
    """The folders with a service's migrations, in order; those without any are left out. `kit` has the kit's only."""
    root = sources()
    candidates = [root / "shared" / "kit" / "kit" / "migrations"]
    if service in SERVICES:
        candidates.append(root / "services" / service / "migrations")
    return [folder for folder in candidates if any(folder.glob("*.sql"))]


async def migrate(
    dsn: str,
    directories: Sequence[Path],
    *,
    role: str | None = None,
    lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
    say: Callable[[str], None] = lambda _: None,
) -> str:
    """Bring the database at `dsn` up to date. Returns dbmate's output. Raises MigrationFailed.

    `dsn` is the owner's, or that of somebody who may act as the owner: then `role` names it. If others hold a
    lock, it tries again for `lock_timeout_seconds`; earlier migrations stay applied. `say` gets who holds the lock.
    """
    if not directories:
        return ""
    arguments = ["--no-dump-schema"]
    for directory in directories:
        arguments += ["-d", str(directory)]
    environment = os.environ | {"DATABASE_URL": _address(dsn, role)}
    until = time.monotonic() + lock_timeout_seconds
    done: list[str] = []
    pause = FIRST_PAUSE_SECONDS
    while True:
        code, said = await run_tool(
            *(_dbmate(), *arguments, "migrate"), env=environment, within=ALL_MIGRATIONS_TIMEOUT_SECONDS
        )
        if code == 0:
            return "\n".join([*done, said]).strip()
        if not any(sign in said for sign in LOCKED):
            raise MigrationFailed(said)
        if time.monotonic() > until:
            raise MigrationFailed(f"{said}\n{await _holder(dsn)}. End it or wait for its end, and run this again.")
        done += [line for line in said.splitlines() if line.startswith("Applied:")]
        say(f"{await _holder(dsn)}; trying again in {pause:.0f} s")
        await asyncio.sleep(pause)
        pause = min(2 * pause, MAX_PAUSE_SECONDS)


async def _holder(dsn: str) -> str:
    """The session that holds the lock, as far as our role may see it."""
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(HOLDER)
    finally:
        await connection.close()
    if row is None:
        return "Another session held a lock on the tables that are to be changed"
    name = row["application_name"] or "no name"
    return f"Session {row['pid']} ({name}, {row['usename']}) holds a lock on the tables that are to be changed"


def _address(dsn: str, role: str | None) -> str:
    """For dbmate's driver, which insists on TLS unless it is told what to do, and takes settings of the session."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.setdefault("sslmode", "disable")
    query.setdefault("lock_timeout", "500")  # whatever a migration says: nobody is to queue behind us for long
    if role:
        query["role"] = role
    return urlunsplit(parts._replace(query=urlencode(query)))


def _dbmate() -> str:
    beside = Path(sys.executable).parent / "dbmate"
    if beside.is_file():
        return str(beside)
    if found := shutil.which("dbmate"):
        return found
    raise StackUnavailable("dbmate, which applies the migrations, is not installed: `make setup` installs it.")
