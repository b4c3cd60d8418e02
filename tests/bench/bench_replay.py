"""Replay: events read from PostgreSQL, decoded and folded, beside decoding their bare JSON."""

import time

import asyncpg
import msgspec
from tests.bench.figures import Figure
from tests.bench.place import Place

from intake.main import SERVICE
from kit.replay import Rebuilt
from punctual.replay.sources import from_postgres


async def run(place: Place) -> list[Figure]:
    """Events a second of what the other benchmarks left in intake's log."""
    connection = await asyncpg.connect(place.stack.dsns("intake").app)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            rebuilt = Rebuilt()
            begun = time.perf_counter()
            async for fact in from_postgres(connection, SERVICE.topic):
                rebuilt.apply(SERVICE.decider, SERVICE.project, fact)
            folded = rebuilt.events / (time.perf_counter() - begun)
            begun = time.perf_counter()
            count = 0
            async for row in connection.cursor("SELECT data, meta FROM events", prefetch=5000):
                msgspec.json.decode(row[0])
                msgspec.json.decode(row[1])
                count += 1
            bare = count / (time.perf_counter() - begun)
    finally:
        await connection.close()
    return [
        Figure("replay from PostgreSQL", folded, "events/s", "reading and decoding the bare JSON", bare, "≥ 150k/s")
    ]
