"""The settled floor holds for everybody, whatever the clocks of those who write and announce say."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.integration.kit.conftest import Connect
from tests.integration.kit.flow import CLOCK, at_work, eventually, rows_of
from tests.integration.kit.hourglass import core, edge_of, rings, timers, turn
from tests.integration.kit.test_store import append
from tests.integration.kit.toy import ticket_in

from contracts.names import SETTLED, SHARDS, TICKETS, shard_of
from kit.bus import BusError
from kit.clock import WallClock
from kit.memory import MemoryStore
from kit.memory_bus import MemoryBus
from kit.postgres import PostgresStore
from kit.store.values import Cursor, CursorMove
from kit.timers import edge as settled
from kit.timers.edge import Announcement, Edge, Heartbeat, Listener
from punctual.local.databases import Dsns

FEW = range(6)
"""Shards that are written all the time; the others are idle."""


@dataclass(frozen=True)
class Wrong(WallClock):
    """A clock that is off by up to so many seconds, at each look by another amount: it steps backwards, too."""

    by: float
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.chance.uniform(-self.by, self.by))


def announced(bus: MemoryBus) -> list[Announcement]:
    return [msgspec.json.decode(message.value or b"", type=Announcement) for message in bus.logs[SETTLED, 0]]


async def appends(store: PostgresStore, clock: WallClock, seed: int, until: asyncio.Event) -> int:
    """Append to the few shards, one or two commands at a time, and hold their locks for a moment."""
    chance, count = random.Random(seed), 0
    while not until.is_set():
        async with store.transaction() as tx:
            batch = [append(ticket_in(chance.choice(FEW))) for _ in range(chance.randint(1, 2))]
            await tx.append(batch, clock.now())
            if chance.random() < 0.3:
                await asyncio.sleep(0.02)
        count += len(batch)
        await asyncio.sleep(chance.uniform(0, 0.01))
    return count


async def floors(store: PostgresStore, until: asyncio.Event) -> list[datetime]:
    """The floor, as it is from moment to moment."""
    found = []
    while not until.is_set():
        found.append((await store.query("SELECT greatest(floor_at, 'epoch') FROM settled"))[0][0])
        await asyncio.sleep(0.005)
    return found


async def test_no_event_comes_below_a_floor_that_was_announced(dsns: Dsns, connect: Connect) -> None:
    bus, until = MemoryBus({SETTLED: 1}), asyncio.Event()
    clocks = [Wrong(3.0), WallClock(), Wrong(0.5)]
    stores = [await connect(dsns.app, TICKETS, 10) for _ in clocks]
    beats = [
        Heartbeat(store, bus, clock, sound=lambda: True, beat=0.01) for store, clock in zip(stores, clocks, strict=True)
    ]
    async with at_work(*beats), asyncio.TaskGroup() as group:
        writing = [group.create_task(appends(stores[n % 3], clocks[(n + 1) % 3], n, until)) for n in range(6)]
        watching = group.create_task(floors(stores[1], until))
        await asyncio.sleep(4)
        until.set()
    assert sum(task.result() for task in writing) > 300
    assert watching.result() == sorted(watching.result())
    rows = await rows_of(stores[0])
    told = announced(bus)
    assert len(told) > 50
    written = [(n, one) for n, one in enumerate(told) if any(shard in one.heads for shard in FEW)]
    assert written  # shards that were written were announced, too
    by_shard: dict[int, list[tuple[int, datetime]]] = {shard: [] for shard in range(SHARDS)}
    for row in rows:
        by_shard[row.shard].append((row.shard_seq, row.recorded_at))
    below = [
        (one.floor, shard, seq, recorded_at)
        for one in told
        for shard, head in one.heads.items()
        for seq, recorded_at in by_shard[shard]
        if seq > head and recorded_at < one.floor
    ]
    assert below == []
    for events in by_shard.values():
        assert [at for _, at in events] == sorted(at for _, at in events)


async def test_a_shard_that_is_being_written_is_not_announced(dsns: Dsns, connect: Connect) -> None:
    bus, store = MemoryBus({SETTLED: 1}), await connect(dsns.app)
    ticket = ticket_in(3)
    async with store.transaction() as tx:
        await tx.append([append(ticket)], CLOCK.now())
        async with at_work(Heartbeat(await connect(dsns.app), bus, CLOCK, sound=lambda: True)):
            await eventually(lambda: many(bus, 5))
            assert all(set(one.heads) == set(range(SHARDS)) - {3} for one in announced(bus))
    before = len(announced(bus))
    async with at_work(Heartbeat(store, bus, CLOCK, sound=lambda: True)):
        await eventually(lambda: many(bus, before + 2))
    assert announced(bus)[-1].heads[3] == 1


async def many(bus: MemoryBus, count: int) -> bool:
    return len(announced(bus)) >= count


async def test_who_has_a_wrong_clock_moves_no_floor_and_appends_nothing(dsns: Dsns, connect: Connect) -> None:
    bus, store = MemoryBus({SETTLED: 1}), await connect(dsns.app)
    store.sound = False
    async with at_work(Heartbeat(store, bus, Wrong(900.0), sound=lambda: store.sound)):
        await asyncio.sleep(0.3)
    assert announced(bus) == []
    assert (await store.query("SELECT floor_at = '-infinity' FROM settled"))[0][0]
    with pytest.raises(Exception, match="clock is wrong"):
        async with store.transaction() as tx:
            await tx.append([append(ticket_in(3))], CLOCK.now())


async def test_nothing_is_announced_before_it_is_durable(monkeypatch: pytest.MonkeyPatch) -> None:
    bus, store = MemoryBus({SETTLED: 1}), MemoryStore(TICKETS)
    failing = 3

    async def stutter() -> None:
        nonlocal failing
        if failing and store.tables.floor > datetime.min.replace(tzinfo=CLOCK.now().tzinfo):
            failing -= 1
            raise BusError("dies before the commit")

    store.stutter = stutter
    beat = Heartbeat(store, bus, CLOCK, sound=lambda: True)
    for _ in range(3):
        with pytest.raises(BusError):
            await beat._announce()
        assert announced(bus) == []
    await beat._announce()
    (one,) = announced(bus)
    assert one.floor == store.tables.floor


async def test_the_heartbeat_outlives_a_broker_that_fails(dsns: Dsns, connect: Connect) -> None:
    bus, store = MemoryBus({SETTLED: 1}), await connect(dsns.app)
    producer, failures = bus.producer, 2

    async def failing() -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise BusError("gone")
        return await producer()

    bus.producer = failing  # type: ignore[method-assign]
    async with at_work(Heartbeat(store, bus, CLOCK, sound=lambda: True)):
        await eventually(lambda: many(bus, 3), 10)


async def test_what_is_heard_of_an_idle_shard_lets_its_timers_ring(dsns: Dsns, connect: Connect) -> None:
    """Heartbeat, listener, edge and timers together; nothing is ever recorded in the shard."""
    bus, intake, own = MemoryBus({SETTLED: 1}), await connect(dsns.app), core()
    clocks, ticket = MemoryStore("punctual.sla.v1"), ticket_in(9)
    edge: Edge = edge_of(ticket)
    ringing = timers(clocks, own, edge)
    due_at = CLOCK.now() + timedelta(milliseconds=400)
    await turn(clocks, due_at, own, ticket)
    beat = Heartbeat(intake, bus, CLOCK, sound=lambda: True)
    async with at_work(ringing, Listener(bus, CLOCK, edge, ringing.wake), beat):

        async def rang() -> bool:
            return bool(await rings(clocks, ticket))

        await eventually(rang, 5)
        lateness = CLOCK.now() - due_at
    settled_until = edge.of(shard_of(ticket))
    assert settled_until
    assert settled_until >= due_at
    assert lateness < timedelta(seconds=1)


async def test_caught_up_is_who_has_applied_all_that_was_recorded_before_whoever_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No shard is ours: another replica follows them. What it has applied is in the cursors."""
    monkeypatch.setattr(settled, "CATCH_UP_TIMEOUT_SECONDS", 0.3)
    store, edge, now = MemoryStore("punctual.sla.v1"), Edge(30.0), CLOCK.now()

    async def known() -> bool:
        return await settled.caught_up(edge, store, CLOCK, TICKETS, {3, 4}, now)

    assert not await known()
    edge.announced(Announcement(now, {3: 2, 4: 0}), CLOCK.elapsed())
    assert not await known()
    asking = asyncio.create_task(known())
    await asyncio.sleep(0.1)
    async with store.transaction() as tx:
        await tx.advance([CursorMove(TICKETS, 3, Cursor(0), Cursor(2, uuid4(), 2))], [])
    assert await asking
    edge.announced(Announcement(now + timedelta(seconds=1), {3: 3}), CLOCK.elapsed())
    assert not await known()
    edge.floors[4] = now - timedelta(microseconds=1), 0
    assert not await known()
