"""Databases whose sessions take no writes, as after a failover behind a proxy that keeps connections."""

import asyncpg

HANG_UP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'punctual'
"""


async def demote(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Whoever is connected is sent away, and takes no writes when it comes back."""
    await _alter(admin, "SET default_transaction_read_only = on")
    await admin.execute(HANG_UP)


async def promote(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Sessions that begin from now on take writes; those that are there still don't."""
    await _alter(admin, "RESET default_transaction_read_only")


async def _alter(admin: "asyncpg.Connection[asyncpg.Record]", change: str) -> None:
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" {change}')
