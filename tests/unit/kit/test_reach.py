"""Who has which shards while replicas lose the broker: one of them alone, or all; in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from random import Random
from typing import Any

from contracts.names import SHARDS
from kit.memory import MemoryStore
from kit.memory.tables import Tables
from kit.shards.ownership import LEASE_SECONDS, RENEW_EVERY_SECONDS, Ownership
from kit.shards.reach import ASK_EVERY_SECONDS, LOST_AFTER_SECONDS, Reach
from kit.simulate.broker import Broker
from kit.simulate.bus import Connection
from kit.simulate.clock import SimulatedClock
from kit.simulate.faults import CALM
from kit.simulate.loop import VirtualLoop, run

SHARED_ANEW_AFTER_SECONDS = LOST_AFTER_SECONDS + ASK_EVERY_SECONDS + LEASE_SECONDS + 2 * RENEW_EVERY_SECONDS + 0.5
"""Seconds until one that lost the broker has given its shards up, and another has them."""


class Replica:
    """Leases, and the connection to the broker that they depend on."""

    def __init__(self, store: MemoryStore, broker: Broker, clock: SimulatedClock, *, cut_off: bool = False) -> None:
        self.connection = Connection(broker)
        self.connection.cut_off = cut_off
        self.reach = Reach(self.connection, clock)
        self.ownership = Ownership(store, clock, reach=self.reach)
        loop = asyncio.get_running_loop()
        self.tasks = [loop.create_task(self.reach.run()), loop.create_task(self.ownership.run())]

    @property
    def shards(self) -> set[int]:
        return set(self.ownership.held())


class House:
    """A database and a broker."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._clock = SimulatedClock(loop, datetime(2026, 1, 1, tzinfo=UTC), 1.0)
        self._store = MemoryStore("topic", self._pass, Tables(clock=loop.time))
        self._broker = Broker(loop, Random(1), lambda: CALM, {"topic": SHARDS})

    async def _pass(self) -> None:
        pass

    def start(self, *, cut_off: bool = False) -> Replica:
        return Replica(self._store, self._broker, self._clock, cut_off=cut_off)

    async def two(self) -> tuple[Replica, Replica]:
        """Replicas with equal shares."""
        first, second = self.start(), self.start()
        await asyncio.sleep(3 * LEASE_SECONDS)
        assert (len(first.shards), len(second.shards)) == (32, 32)
        return first, second


def plays(scene: Callable[[House], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A scene with a house of its own."""

    def test() -> None:
        async def main(loop: VirtualLoop) -> None:
            await scene(House(loop))

        run(main, Random(1))

    test.__name__ = scene.__name__
    return test


ALL = set(range(SHARDS))


@plays
async def test_one_that_never_reached_the_broker_gets_no_shard_beside_one_that_does(house: House) -> None:
    healthy, sick = house.start(), house.start(cut_off=True)
    for _ in range(60):
        await asyncio.sleep(1)
        assert sick.shards == set()
    assert healthy.shards == ALL
    assert (healthy.ownership.idle, sick.ownership.excluded) == (0, True)


@plays
async def test_one_that_loses_the_broker_gives_its_shards_to_one_that_reaches_it(house: House) -> None:
    healthy, sick = await house.two()
    sick.connection.cut_off = True
    idle = []
    for _ in range(int(SHARED_ANEW_AFTER_SECONDS)):
        await asyncio.sleep(1)
        idle.append(healthy.ownership.idle)
    assert (healthy.shards, sick.shards) == (ALL, set())
    assert max(idle) == 32  # the healthy one says so meanwhile
    assert healthy.ownership.idle == 0


@plays
async def test_one_that_reaches_the_broker_again_gets_its_share_again(house: House) -> None:
    healthy, sick = await house.two()
    sick.connection.cut_off = True
    await asyncio.sleep(SHARED_ANEW_AFTER_SECONDS)
    sick.connection.cut_off = False
    await asyncio.sleep(SHARED_ANEW_AFTER_SECONDS)
    assert (len(healthy.shards), len(sick.shards)) == (32, 32)
    assert not sick.ownership.excluded


@plays
async def test_a_broker_that_is_away_for_all_moves_nothing(house: House) -> None:
    both = await house.two()
    before = [dict(one.ownership.leased) for one in both]
    for one in both:
        one.connection.cut_off = True
        await asyncio.sleep(LEASE_SECONDS / 2)  # they don't lose it in the same moment
    await asyncio.sleep(60)
    assert [dict(one.ownership.leased) for one in both] == before
    for one in both:
        one.connection.cut_off = False
        await asyncio.sleep(LEASE_SECONDS / 2)
    await asyncio.sleep(SHARED_ANEW_AFTER_SECONDS)
    assert [dict(one.ownership.leased) for one in both] == before


@plays
async def test_one_that_is_started_while_the_broker_is_away_has_every_shard(house: House) -> None:
    one = house.start(cut_off=True)
    await asyncio.sleep(1)
    assert one.shards == ALL
    assert not one.ownership.excluded


@plays
async def test_an_outage_shorter_than_a_broker_takes_to_start_is_not_noticed(house: House) -> None:
    both = await house.two()
    before = [dict(one.ownership.leased) for one in both]
    both[0].connection.cut_off = True
    await asyncio.sleep(LOST_AFTER_SECONDS - ASK_EVERY_SECONDS)
    both[0].connection.cut_off = False
    await asyncio.sleep(SHARED_ANEW_AFTER_SECONDS)
    assert [dict(one.ownership.leased) for one in both] == before


@plays
async def test_when_the_last_that_reaches_the_broker_is_gone_the_others_take_its_shards(house: House) -> None:
    healthy, sick = house.start(), house.start(cut_off=True)
    await asyncio.sleep(SHARED_ANEW_AFTER_SECONDS)
    for task in healthy.tasks:
        task.cancel()
    await asyncio.sleep(LEASE_SECONDS + 2 * RENEW_EVERY_SECONDS)
    assert sick.shards == ALL
