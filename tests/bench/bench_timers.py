"""Timers: how late they ring, with a million pending, and how soon an outage is caught up with."""

import asyncio
import json
import os
import sys
from typing import Any

import asyncpg
from tests.bench.figures import Figure, percentile
from tests.bench.place import Place
from tests.bench.ringing import DUE, OVERDUE, SPREAD

MILLION = 1_000_000
PENDING = f"""
INSERT INTO timers (shard, stream_id, kind, generation, due_at)
SELECT n % 64, 'alarm-' || gen_random_uuid() || '-far', 'alarm', 1, now() + interval '30 days' + n * interval '1 s'
FROM generate_series(1, {MILLION}) AS n
"""


async def run(place: Place) -> list[Figure]:
    """Each beside the bare loop, which is the limit, and a peer that does the same job, in the same run."""
    await pend(place, 1)
    figures: list[Figure] = []
    bare = await ring(place, "bare")
    peer = await ring(place, "peer")
    figures += late_by("a bare loop that polls every 20 ms", bare)
    figures += late_by("pgqueuer, the same to ring", peer)
    limits = [percentile(bare["late"], share) for share in (0.5, 0.99)]
    figures += late_by("timers on the wall clock, 1,000,000 pending", await ring(place, "wall-clock"), limits, (5, 25))
    async with place.service("intake"):
        settled = await ring(place, "settled")
    figures += late_by("deadlines at the settled edge", settled, limits, (20, 80))
    outage = await ring(place, "outage")
    assert outage["told"] == {"sla.breached": OVERDUE // 4, "sla.warning": 0}, outage["told"]
    assert not outage["out of order"]
    figures.append(
        Figure(
            "overdue timers rung after an outage",
            outage["rang"] / outage["seconds"],
            "/s",
            "the bare loop",
            bare["rang"] / bare["seconds"],
            "≥ 20,000 /s",
        )
    )
    return figures


def late_by(
    what: str,
    answer: dict[str, Any],
    limits: list[float] | None = None,
    reach: tuple[int, int] | None = None,
    against: str = "the bare loop",
) -> list[Figure]:
    late = answer["late"]
    assert len(late) == DUE, f"{what}: {len(late)} of {DUE} rang"
    return [
        Figure(
            f"{what}: lateness, p{share:.0%}".rstrip("%"),
            percentile(late, share),
            "ms",
            against if limits else f"{DUE:,} due in {SPREAD:.0f} s",
            limits[n] if limits else None,
            f"≤ {reach[n]} ms" if reach else "",
        )
        for n, share in enumerate((0.5, 0.99))
    ]


async def pend(place: Place, millions: int) -> None:
    """So many more timers that come due in a month."""
    connection = await asyncpg.connect(place.stack.dsns("sla-timer").owner)
    try:
        # Indexes are built once at the end: kept up row by row they take several times as long.
        await connection.execute("ALTER TABLE timers DROP CONSTRAINT timers_pkey; DROP INDEX timers_by_due")
        for _ in range(millions):
            await connection.execute(PENDING)
        await connection.execute("ALTER TABLE timers ADD PRIMARY KEY (shard, stream_id, kind)")
        await connection.execute("CREATE INDEX timers_by_due ON timers (shard, due_at)")
        await connection.execute("VACUUM ANALYZE timers")
    finally:
        await connection.close()


async def _on_disk(place: Place) -> None:
    """All that was written so far, so that it isn't written while something is measured."""
    connection = await asyncpg.connect(place.stack.postgres_dsn)
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def ring(place: Place, scenario: str) -> dict[str, Any]:
    """What a process of its own found."""
    await _on_disk(place)
    print(f"· timers: {scenario}", flush=True)
    dsns = place.stack.dsns("sla-timer")
    env = {**os.environ, "BENCH_APP": dsns.app, "BENCH_OWNER": dsns.owner, "BENCH_KAFKA": place.stack.bootstrap}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.ringing", scenario, env=env, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"ringing {scenario} failed: it ended with {process.returncode}")
    answer: dict[str, Any] = json.loads(said)
    return answer
