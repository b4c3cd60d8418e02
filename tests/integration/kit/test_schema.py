"""The migrations give exactly the schema that is written down: the plumbing's in schema.txt, and in schema/ what each
service adds to it.

After a change of a migration write it down anew, and read the difference before it is committed:

    WRITE_SCHEMA=1 .venv/bin/pytest tests/integration/kit/test_schema.py
"""

import os
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Factory

from punctual.local.databases import SERVICES

WRITTEN = Path(__file__).parent / "schema.txt"
OWN = Path(__file__).parent / "schema"

# Only what all versions of PostgreSQL from 15 on say in the same words.
QUERIES = {
    "table": """
        SELECT c.relname || CASE WHEN c.relispartition THEN ' partition ' || pg_get_expr(c.relpartbound, c.oid)
                                 WHEN c.relkind = 'p' THEN ' partitioned by ' || pg_get_partkeydef(c.oid)
                                 ELSE '' END
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    """,
    "column": """
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
            || CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
            || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND a.attnum > 0 AND NOT a.attisdropped
    """,
    "constraint": """
        SELECT c.relname || ': ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND k.contype <> 'n'
    """,
    "index": """
        SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
    """,
    "function": """
        SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns '
            || pg_get_function_result(p.oid) || ' ' || l.lanname || ' volatility ' || p.provolatile::text
            || ' body ' || md5(p.prosrc)
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'public'::regnamespace
    """,
    "grant": """
        SELECT table_name || ': ' || string_agg(lower(privilege_type), ', ' ORDER BY privilege_type)
        FROM information_schema.role_table_grants
        WHERE grantee = $1 AND table_schema = 'public'
        GROUP BY table_name
    """,
}


async def describe(dsn: str) -> str:
    """The schema of the database at the owner's address, one fact a line."""
    owner = await asyncpg.connect(dsn)
    try:
        role = (await owner.fetchval("SELECT current_user")).removesuffix("_owner")
        lines = []
        for kind, query in QUERIES.items():
            arguments = [role] if "$1" in query else []
            lines += sorted(f"{kind} {row[0]}" for row in await owner.fetch(query, *arguments))
    finally:
        await owner.close()
    return "\n".join(line for line in lines if "schema_migrations" not in line) + "\n"


def compare(found: Sequence[str], written: Path) -> None:
    if os.environ.get("WRITE_SCHEMA"):
        written.parent.mkdir(exist_ok=True)
        written.write_text("".join(f"{line}\n" for line in found))
    assert list(found) == written.read_text().splitlines()


async def test_the_migrations_give_the_schema_that_is_written_down(database: Factory) -> None:
    compare((await describe((await database("kit")).owner)).splitlines(), WRITTEN)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_adds_to_it_what_is_written_down_and_changes_nothing(database: Factory, service: str) -> None:
    found = (await describe((await database(service)).owner)).splitlines()
    plumbing = WRITTEN.read_text().splitlines()
    assert set(plumbing) <= set(found)
    compare([line for line in found if line not in set(plumbing)], OWN / f"{service}.txt")
