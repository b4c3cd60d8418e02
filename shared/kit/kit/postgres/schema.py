"""Checks that a database has the migrations that this version needs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import asyncpg

from kit.postgres.store import PostgresStore
from kit.store import Unfit

KIT_MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""The folder with kit's own migrations."""
APPLIED = "SELECT version FROM schema_migrations"


class SchemaBehind(Exception):
    """The database lacks migrations that this version needs."""


def known(folders: Iterable[Path]) -> list[str]:
    """The names of the migrations in these folders, without file endings, ordered by version."""
    return sorted(file.stem for folder in folders for file in folder.glob("*.sql"))


def missing(names: Iterable[str], applied: Iterable[str]) -> list[str]:
    """The migrations that were not applied. Unknown ones may have been, by a newer version beside this one."""
    there = set(applied)
    return [name for name in names if name.partition("_")[0] not in there]


async def check_schema(store: PostgresStore, service: str, folders: Sequence[Path]) -> None:
    """Raises SchemaBehind with what is missing and what to do; Unavailable."""
    names = known(folders)
    try:
        applied = [row[0] for row in await store.query(APPLIED)]
    except Unfit as error:
        if not isinstance(error.__cause__, asyncpg.UndefinedTableError | asyncpg.InsufficientPrivilegeError):
            raise
        none = isinstance(error.__cause__, asyncpg.UndefinedTableError)
        # The migration "readiness" grants services the right to look, so without the right that one is missing.
        applied = [] if none else [name.partition("_")[0] for name in names if not name.endswith("_readiness")]
    if lacking := missing(names, applied):
        some = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
        raise SchemaBehind(
            f"the database of {service} lacks {len(lacking)} of {len(names)} migrations ({some}): run "
            f"`punctual prepare`, or `punctual migrate {service}`; this service waits for it"
        )
