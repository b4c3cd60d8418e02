"""A replica that alone doesn't reach the broker, by processes as operators run them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import eventually, free_port
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from contracts.names import SHARDS

NOWHERE = "127.0.0.1:1"
HELD = "SELECT replica, count(*) FROM leases JOIN relays USING (owner) GROUP BY replica"


@asynccontextmanager
async def another(one: Serving, **changes: str) -> AsyncIterator[Serving]:
    """Another replica of it, not started yet."""
    ports = {name: str(free_port()) for name in one.env if name.endswith("_PORT")}
    folder = one.folder / "another"
    folder.mkdir()
    other = replace(one, env=one.env | ports | changes, folder=folder, process=None, clients=[])
    try:
        yield other
    finally:
        if other.process and other.process.returncode is None:
            other.process.kill()
            await other.process.wait()


async def held(one: Serving) -> dict[str, int]:
    """How many shards each replica holds."""
    connection = await asyncpg.connect(one.dsns.app)
    try:
        return {row["replica"]: row["count"] for row in await connection.fetch(HELD)}
    finally:
        await connection.close()


@pytest.mark.parametrize("name", ["intake", "sla-timer"])
async def test_one_that_does_not_reach_the_broker_leaves_the_shards_to_one_that_does(
    name: str, stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    async with serving(name, stack, database, prefix, tmp_path, PUNCTUAL_REPLICA="whole") as healthy:
        await healthy.start()
        await healthy.ready()
        async with another(healthy, PUNCTUAL_REPLICA="half", PUNCTUAL_KAFKA=NOWHERE) as sick:
            await sick.start()
            lags: set[int | None] = set()

            async def excluded() -> bool:
                _, report = await sick.condition()
                lags.update(one["lag"] for one in report["consumers"])
                return any("it has no share of the shards" in warning for warning in report["warnings"])

            await eventually(excluded, 60)
            assert lags == {None}, "nothing was ever fetched"
            assert await held(healthy) == {"whole": SHARDS}
            status, report = await healthy.condition()
            assert (status, report["troubles"]) == (200, [])
            assert (await reached(healthy), await reached(sick)) == (1.0, 0.0)


async def reached(one: Serving) -> float:
    """What its metrics say of the broker."""
    async with httpx2.AsyncClient(base_url=one.url, timeout=20) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("punctual_broker_reached{"))
