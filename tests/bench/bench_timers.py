"""Timers: how late they ring, and how many a second, with 100,000 pending."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.bench.figures import Figure, percentile
from tests.bench.place import Place

from contracts.names import shard_of
from kit.clock import WallClock
from kit.perform import Core
from kit.postgres import PostgresStore
from kit.settled import Edge
from kit.timers import Timers
from kit.vault import Vault
from sla_timer.main import SERVICE

PENDING = 100_000
DUE = 3_000
SPREAD = 6.0

STREAMS = """
INSERT INTO timers (shard, stream_id, kind, generation, due_at)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[])
"""


async def run(place: Place) -> list[Figure]:
    """Alarms ring on the wall clock: lateness is from due to the event's commit, as the log has it."""
    from contracts.envelope import Meta
    from kit.work import Done, Work
    from sla_timer.domain.commands import SetAlarm
    from sla_timer.domain.policies import Policies

    store = await PostgresStore.connect(place.stack.dsns("sla-timer").app, SERVICE.topic)
    clock = WallClock()
    core = Core(topic=SERVICE.topic, decider=SERVICE.decider, vault=Vault(b"0" * 32), project=SERVICE.project)
    assert SERVICE.ringing
    timers = Timers(
        name="bench", store=store, core=core, clock=clock, edge=Edge(), ringing=SERVICE.ringing,
        at_end=lambda shard: True, parked=set,
    )  # fmt: skip
    core.when_timers_are_set(timers.add)
    meta = Meta(actor="bench", role="service")

    none = Policies()

    async def set_alarms(count: int, due: list[datetime]) -> None:
        for begin in range(0, count, 500):
            works = []
            for n in range(begin, min(count, begin + 500)):
                ticket = uuid4()
                command = SetAlarm(at=clock.now(), ticket_id=ticket, alarm="bench", due=due[n], policies=none)
                works.append(Work(command_id=uuid4(), stream=f"alarm-{ticket}-bench", command=command, meta=meta))
            async with store.transaction() as tx:
                results = await core.perform(tx, works, clock.now())
                assert all(isinstance(result, Done) for result in results)

    try:
        far = datetime.now(UTC) + timedelta(days=30)
        ids = [uuid4() for _ in range(PENDING)]
        async with store.pool.acquire() as connection:
            await connection.execute(
                STREAMS, [shard_of(one) for one in ids], [f"alarm-{one}-far" for one in ids],
                ["alarm"] * PENDING, [1] * PENDING, [far + timedelta(seconds=n) for n in range(PENDING)],
            )  # fmt: skip
            await connection.execute("ANALYZE timers")
        start = datetime.now(UTC) + timedelta(seconds=12)
        await set_alarms(DUE, [start + timedelta(seconds=SPREAD * n / DUE) for n in range(DUE)])
        timers.own(range(64))
        running = asyncio.create_task(timers.run())
        await asyncio.sleep((start - datetime.now(UTC)).total_seconds() + SPREAD + 2)
        rows = await store.query("SELECT recorded_at, data FROM events WHERE type = 'alarm.rang'")
        # A burst: how many ring in a second when many are overdue.
        past = datetime.now(UTC) - timedelta(minutes=1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await set_alarms(5_000, [past] * 5_000)
        burst = Timers(
            name="bench", store=store, core=core, clock=clock, edge=Edge(), ringing=SERVICE.ringing,
            at_end=lambda shard: True, parked=set,
        )  # fmt: skip
        burst.own(range(64))
        begun = time.perf_counter()
        running = asyncio.create_task(burst.run())
        while burst.fired < 5_000:  # noqa: ASYNC110 - it counts, it does not signal
            await asyncio.sleep(0.01)
        a_second = burst.fired / (time.perf_counter() - begun)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    finally:
        await store.close()
    import json

    late = [(row[0] - datetime.fromisoformat(json.loads(row[1])["due_at"])).total_seconds() * 1000 for row in rows]
    assert len(late) == DUE, f"{len(late)} of {DUE} rang"
    return [
        Figure("timer lateness, p50", percentile(late, 0.5), "ms", f"{PENDING:,} pending, {DUE} due in {SPREAD:.0f} s"),
        Figure("timer lateness, p99", percentile(late, 0.99), "ms"),
        Figure("timer lateness, max", max(late), "ms"),
        Figure("overdue timers rung", a_second, "/s", "5,000 at once"),
    ]
