"""Plain SQL files, applied by dbmate as the database's owner: the kit's first, then the service's own."""

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from punctual.local.databases import SERVICES
from punctual.local.errors import StackUnavailable
from punctual.local.places import sources
from punctual.local.tools import run_tool


class MigrationFailed(Exception):
    """The database refused a migration; the message is dbmate's."""


def folders(service: str) -> list[Path]:
    """The folders with a service's migrations, in order; those without any are left out. `kit` has the kit's only."""
    root = sources()
    candidates = [root / "shared" / "kit" / "kit" / "migrations"]
    if service in SERVICES:
        candidates.append(root / "services" / service / "migrations")
    return [folder for folder in candidates if any(folder.glob("*.sql"))]


def fingerprint(service: str) -> str:
    """Changes whenever one of its migrations does."""
    digest = hashlib.sha256()
    for folder in folders(service):
        for file in sorted(folder.glob("*.sql")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


async def migrate(dsn: str, directories: Sequence[Path], *, role: str | None = None) -> str:
    """Bring the database at `dsn` up to date; dbmate's words for what it did. Raises MigrationFailed.

    `dsn` is the owner's, or that of somebody who may act as the owner: then `role` names it.
    """
    if not directories:
        return ""
    arguments = ["--no-dump-schema"]
    for directory in directories:
        arguments += ["-d", str(directory)]
    code, said = await run_tool(
        *(_dbmate(), *arguments, "migrate"),
        env=os.environ | {"DATABASE_URL": _address(dsn, role)},
    )
    if code != 0:
        raise MigrationFailed(said)
    return said


def _address(dsn: str, role: str | None) -> str:
    """For dbmate's driver, which insists on TLS unless it is told what to do, and takes settings of the session."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.setdefault("sslmode", "disable")
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
