"""Replay: events read from PostgreSQL, decoded and folded, beside decoding the same rows as bare JSON, in one run.

All on one core of ours (PostgreSQL works beside us), and in the best of several turns. Processor time is given too, for
on a machine that others use as well the clock says more of them than of us.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, NamedTuple

import asyncpg
import msgspec
from tests.bench.figures import Figure
from tests.bench.history import fill
from tests.bench.place import Place

from intake.main import SERVICE
from kit.replay.replay import Rebuilt, uncollected
from punctual.replay.fold import fold
from punctual.replay.fresh import fresh_database
from punctual.replay.live import snapshot
from punctual.replay.postgres import EVENTS, from_postgres, heads, read

TICKETS = 20_000
TURNS = 3


class Speed(NamedTuple):
    """Events a second: by the clock, and by our processor's time."""

    wall: float
    cpu: float


async def run(place: Place) -> list[Figure]:
    """Events a second of a log of some 150,000."""
    async with fresh_database(place.stack.postgres_dsn, SERVICE.name) as fresh:
        connection = await asyncpg.connect(fresh.dsn)
        try:
            count = await fill(connection, TICKETS)
        finally:
            await connection.close()
        async with snapshot(fresh.dsn) as connection:
            best: dict[str, Speed] = {}
            for _ in range(TURNS):
                for work in (_bare, _states, _rows):
                    speed = await _timed(work, connection, count)
                    known = best.get(work.__name__, speed)
                    best[work.__name__] = Speed(*map(max, known, speed))
    bare, states, rows = best["_bare"], best["_states"], best["_rows"]
    told = "the same rows, decoded as bare JSON"
    return [
        Figure("replay from PostgreSQL: states folded", states.wall, "events/s", told, bare.wall, "≥ 150k/s"),
        Figure("… by processor time", states.cpu, "events/s", told, bare.cpu),
        Figure("replay from PostgreSQL: folded and projected", rows.wall, "events/s", told, bare.wall),
        Figure("… by processor time", rows.cpu, "events/s", told, bare.cpu),
    ]


async def _timed(work: Callable[[asyncpg.Connection], Awaitable[Any]], connection: asyncpg.Connection, n: int) -> Speed:
    wall, cpu = time.perf_counter(), time.process_time()
    await work(connection)
    return Speed(n / (time.perf_counter() - wall), n / (time.process_time() - cpu))


async def _bare(connection: asyncpg.Connection) -> None:
    decode = msgspec.json.Decoder().decode
    async with aclosing(read(connection, EVENTS, await heads(connection))) as batches:
        async for rows in batches:
            for row in rows:
                decode(row[3])


async def _states(connection: asyncpg.Connection) -> None:
    await fold(connection, SERVICE.decider, await heads(connection))


async def _rows(connection: asyncpg.Connection) -> None:
    rebuilt = Rebuilt()
    with uncollected():
        async with aclosing(from_postgres(connection, SERVICE.topic, await heads(connection))) as batches:
            async for facts in batches:
                for fact in facts:
                    rebuilt.apply(SERVICE.decider, SERVICE.project, fact)
