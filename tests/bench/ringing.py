"""A process that rings timers and says how late each was: `python -m tests.bench.ringing SCENARIO`, JSON on stdout.

It has what sla-timer's process has: uvloop, the same collector settings, a pool of its own. Late is from the instant
that something was due to the moment at which its event's commit was known here.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop

from contracts.alarms import Alarm, Alarms
from contracts.envelope import Meta
from contracts.names import SHARDS
from kit.clock import WallClock
from kit.kafka import KafkaBus
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done
from kit.personal.vault import Vault
from kit.postgres import PostgresStore
from kit.process.run import collect_seldom
from kit.timers.edge import Announcement, Edge, Listener
from kit.timers.timers import Timers
from sla_timer.domain.commands import HearAlarms, StartClock
from sla_timer.main import SERVICE
from sla_timer.policy import file as policy_file
from sla_timer.policy.versions import Policies

CLOCK = WallClock()
META = Meta(actor="bench", role="service")
DUE, SPREAD = 10_000, 10.0
"""Timers that fall due, and the seconds in which they do."""
OVERDUE = 100_000
CONSUMED = 10**12
"""As if all that intake has recorded, and ever will, had been consumed here."""
HOUR = timedelta(hours=1)
Answer = dict[str, Any]


def policies(*, warnings: bool) -> Policies:
    """The shipped policy, with or without warnings before a breach."""
    text = policy_file.DEFAULT.read_text(encoding="utf-8")
    text = text if warnings else text.replace("warnings: [50, 75, 90]", "warnings: []")
    return Policies().published(policy_file.load(text, name="bench", today=date(2026, 11, 23)).published())


class Rings(Timers):
    """Timers that note how late each was."""

    late: list[float]
    last: dict[int, datetime]
    """Of each shard, what rang last was due then."""
    out_of_order = 0

    async def _fire(self, due: Any, now: datetime, ahead: Any, marks: Any) -> Any:
        overtaken = await super()._fire(due, now, ahead, marks)
        assert not overtaken
        done = CLOCK.now()
        self.late += [(done - timer.due_at).total_seconds() * 1000 for timer, _ in due]
        for timer, _ in due:
            self.out_of_order += timer.due_at < self.last.get(timer.shard, timer.due_at)
            self.last[timer.shard] = timer.due_at
        return overtaken


class Bench:
    """A database, and what rings its timers."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store
        self.edge = Edge()
        self.core = Core(topic=SERVICE.topic, decider=SERVICE.decider, vault=Vault(b"0" * 32), project=SERVICE.project)

    def rings(self) -> Rings:
        """Owner of every shard."""
        assert SERVICE.ringing
        made = Rings(
            name="bench",
            store=self.store,
            core=self.core,
            clock=CLOCK,
            edge=self.edge,
            ringing=SERVICE.ringing,
            at_end=lambda shard: False,
            parked=set,
        )
        made.late, made.last = [], {}
        self.core.when_timers_are_set(made.add)
        for shard in range(SHARDS):
            self.edge.begin(shard, CONSUMED, CLOCK.elapsed())
        made.own(range(SHARDS))
        return made

    async def perform(self, streams: Sequence[tuple[str, Any]]) -> None:
        """Carry out commands on streams that are new."""
        for begin in range(0, len(streams), 500):
            requests = [
                CommandRequest(command_id=uuid4(), stream=stream, command=command, meta=META, creates=True)
                for stream, command in streams[begin : begin + 500]
            ]
            async with self.store.transaction() as tx:
                results = await self.core.perform(tx, requests, CLOCK.now())
            assert all(isinstance(result, Done) for result in results)

    async def alarms(self, due: Sequence[datetime]) -> None:
        """Alarms ring as soon as they are due."""
        tickets, none = [uuid4() for _ in due], Policies()
        await self.perform(
            [
                (
                    f"alarm-{ticket}-bench",
                    HearAlarms(
                        at=CLOCK.now(),
                        ticket_id=ticket,
                        owner=f"bench-{ticket}",
                        set_by=ticket,
                        alarms=Alarms(set=(Alarm(name="bench", at=at),)),
                        policies=none,
                    ),
                )
                for ticket, at in zip(tickets, due, strict=True)
            ]
        )

    async def clocks(self, due: Sequence[datetime], rules: Policies) -> None:
        """Deadlines are verdicts: they wait for the settled edge. Severity 1 around the clock: an hour."""
        tickets = [uuid4() for _ in due]
        await self.perform(
            [
                (
                    f"clock-{ticket}-response",
                    StartClock(
                        at=at - HOUR, ticket_id=ticket, severity=1, tier="patrol", calendar=None, policies=rules
                    ),
                )
                for ticket, at in zip(tickets, due, strict=True)
            ]
        )


def soon() -> list[datetime]:
    """When each of those to come falls due: from a while after they were set, evenly."""
    start = CLOCK.now() + timedelta(seconds=15)
    return [start + timedelta(seconds=SPREAD * n / DUE) for n in range(DUE)]


async def lateness(bench: Bench, due: Sequence[datetime]) -> Answer:
    """Ring them as they fall due."""
    begun, before = time.perf_counter(), _memory()
    rings = bench.rings()
    running = asyncio.create_task(rings.run())
    while any(lane.window.horizon is None for lane in rings._lanes):  # noqa: ASYNC110 - it waits for no event of ours
        await asyncio.sleep(0.001)
    started, memory = time.perf_counter() - begun, _memory()
    await asyncio.sleep((due[-1] - CLOCK.now()).total_seconds() + 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return {"late": rings.late, "started": started, "memory": memory - before}


async def on_the_wall_clock(bench: Bench) -> Answer:
    due = soon()
    await bench.alarms(due)
    return await lateness(bench, due)


async def at_the_settled_edge(bench: Bench) -> Answer:
    """Beside a running intake, whose heartbeat is heard through the broker."""
    due = soon()
    await bench.clocks(due, policies(warnings=False))
    bus = KafkaBus(os.environ["BENCH_KAFKA"], "")
    woken: Callable[[], None] = lambda: None  # noqa: E731
    listener = Listener(bus, CLOCK, bench.edge, lambda: woken())
    listening = asyncio.create_task(listener.run())
    made = bench.rings

    def rings() -> Rings:
        nonlocal woken
        one = made()
        woken = one.wake
        return one

    bench.rings = rings  # type: ignore[method-assign]
    try:
        return await lateness(bench, due)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def after_an_outage(bench: Bench) -> Answer:
    """Clocks of which three warnings and the deadline have passed: as many timers as are asked for, overdue."""
    before = {kind: await _told(bench, kind) for kind in ("sla.breached", "sla.warning")}
    past = CLOCK.now() - timedelta(minutes=30)
    count = OVERDUE // 4
    await bench.clocks([past + timedelta(milliseconds=n) for n in range(count)], policies(warnings=True))
    rings = bench.rings()
    bench.edge.announced(Announcement(CLOCK.now() + HOUR, dict.fromkeys(range(SHARDS), 0)), CLOCK.elapsed())
    begun = time.perf_counter()
    running = asyncio.create_task(rings.run())
    while rings.fired < OVERDUE and time.perf_counter() - begun < 120:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    took = time.perf_counter() - begun
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    told = [await _told(bench, kind) - there for kind, there in before.items()]
    return {
        "rang": rings.fired,
        "seconds": took,
        "out of order": rings.out_of_order,
        "told": dict(zip(before, told, strict=True)),
    }


async def _told(bench: Bench, kind: str) -> int:
    return int((await bench.store.query("SELECT count(*) FROM events WHERE type = $1", kind))[0][0])


async def bare(bench: Bench) -> Answer:
    """The limit: rows in a table, deleted by a loop that polls every 20 ms. No event, no state, no order."""
    connection = await asyncpg.connect(os.environ["BENCH_OWNER"])
    late: list[float] = []
    take = """
        DELETE FROM bench_due WHERE id IN (
            SELECT id FROM bench_due WHERE due_at <= $1 ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED
        ) RETURNING due_at
    """
    await connection.execute("DROP TABLE IF EXISTS bench_due")
    await connection.execute("CREATE TABLE bench_due (id bigserial PRIMARY KEY, due_at timestamptz NOT NULL)")
    await connection.execute("CREATE INDEX ON bench_due (due_at)")
    due = [CLOCK.now() + timedelta(seconds=1 + SPREAD * n / DUE) for n in range(DUE)]
    await connection.executemany("INSERT INTO bench_due (due_at) VALUES ($1)", [(at,) for at in due])
    while len(late) < DUE:
        rows = await connection.fetch(take, CLOCK.now())
        done = CLOCK.now()
        late += [(done - row[0]).total_seconds() * 1000 for row in rows]
        await asyncio.sleep(0.02)
    past = CLOCK.now() - HOUR
    await connection.execute(
        "INSERT INTO bench_due (due_at) SELECT $1::timestamptz + n * interval '1 ms' FROM generate_series(1, $2) n",
        past,
        OVERDUE,
    )
    begun, rang = time.perf_counter(), 0
    while rows := await connection.fetch(take, CLOCK.now()):
        rang += len(rows)
    took = time.perf_counter() - begun
    await connection.close()
    return {"late": late, "rang": rang, "seconds": took}


async def peer(bench: Bench) -> Answer:
    """pgqueuer, with the same to ring and the same tempo of polling; its jobs do nothing but look at the clock."""
    from pgqueuer import AsyncpgDriver, PgQueuer, Queries
    from pgqueuer.models import Job

    connection = await asyncpg.connect(os.environ["BENCH_OWNER"])
    driver = AsyncpgDriver(connection)
    queries = Queries(driver)
    await queries.install()
    late: list[float] = []
    pgq = PgQueuer(driver)

    @pgq.entrypoint("ring")
    async def ring(job: Job) -> None:
        late.append((CLOCK.now() - job.execute_after).total_seconds() * 1000)

    for begin in range(0, DUE, 500):
        count = min(500, DUE - begin)
        after: list[timedelta | None] = [timedelta(seconds=6 + SPREAD * (begin + n) / DUE) for n in range(count)]
        await queries.enqueue(["ring"] * count, [None] * count, [0] * count, after)
    running = asyncio.create_task(pgq.run(dequeue_timeout=timedelta(milliseconds=20), batch_size=100))
    until = time.perf_counter() + SPREAD + 30
    while len(late) < DUE and time.perf_counter() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return {"late": late}


def _memory() -> float:
    """Bytes that this process has taken at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


SCENARIOS: dict[str, Callable[[Bench], Awaitable[Answer]]] = {
    "wall-clock": on_the_wall_clock,
    "settled": at_the_settled_edge,
    "outage": after_an_outage,
    "bare": bare,
    "peer": peer,
}


async def main(scenario: str) -> Answer:
    store = await PostgresStore.connect(os.environ["BENCH_APP"], SERVICE.topic)
    collect_seldom()
    try:
        return await SCENARIOS[scenario](Bench(store))
    finally:
        await store.close()


if __name__ == "__main__":
    answer = asyncio.Runner(loop_factory=uvloop.new_event_loop).run(main(sys.argv[1]))
    json.dump(answer | {"at": datetime.now(UTC).isoformat()}, sys.stdout)
