"""sla-timer against the real broker and database."""

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import desk
from tests.stack import Addresses

from punctual.local.databases import Dsns


async def test_the_first_start_puts_the_shipped_policy_in_force_in_every_shard(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(stack, database, prefix, monkeypatch, ["sla-timer"]) as running:
        answer = await running.client("sla-timer").get("/v1/clocks")
        assert answer.json() == {"items": []}
        dsns: Dsns = running.dsns["sla-timer"]
    connection = await asyncpg.connect(dsns.app)
    try:
        published = await connection.fetch("SELECT shard FROM events WHERE type = 'policy.published'")
        assert sorted(row["shard"] for row in published) == list(range(64))
        assert await connection.fetchval("SELECT count(*) FROM relay_cursor WHERE seq = 1") == 64
    finally:
        await connection.close()
