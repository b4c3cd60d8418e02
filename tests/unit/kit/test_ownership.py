"""Who has which shards while replicas come, go, die and stand still; in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

from contracts.names import SHARDS
from kit.memory import MemoryStore
from kit.memory.tables import Tables
from kit.shards.ownership import LEASE_SECONDS, RENEW_EVERY_SECONDS, Ownership
from kit.simulate.clock import SimulatedClock
from kit.simulate.loop import VirtualLoop, run
from kit.store import Unavailable

RENEWED_AFTER_SECONDS = 2 * RENEW_EVERY_SECONDS + 0.1
"""Seconds until everybody has asked twice."""


class House:
    """A database, and replicas that share its shards."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.clock = SimulatedClock(loop, datetime(2026, 1, 1, tzinfo=UTC), 1.0)
        self.store = MemoryStore("topic", self._stutter, Tables(clock=loop.time))
        self.tasks: dict[Ownership, asyncio.Task[None]] = {}
        self.dead: set[asyncio.Task[None]] = set()
        self.away = False

    async def _stutter(self) -> None:
        if self.away or asyncio.current_task() in self.dead:
            raise Unavailable("nobody answers")

    def start(self, name: str | None = None) -> Ownership:
        one = Ownership(self.store, self.clock, replica=name)
        self.tasks[one] = asyncio.get_running_loop().create_task(one.run())
        return one

    async def stop(self, one: Ownership) -> None:
        self.tasks[one].cancel()
        await asyncio.gather(self.tasks[one], return_exceptions=True)

    async def kill(self, one: Ownership) -> None:
        """It says no goodbye."""
        self.dead.add(self.tasks[one])
        await self.stop(one)

    async def three(self) -> list[Ownership]:
        """Replicas with equal shares."""
        every = [self.start(str(number)) for number in range(3)]
        await asyncio.sleep(3 * LEASE_SECONDS)
        assert sorted(len(one.terms) for one in every) == [20, 22, 22]
        return every


def plays(scene: Callable[[House], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A scene with a house of its own."""

    def test() -> None:
        async def main(loop: VirtualLoop) -> None:
            await scene(House(loop))

        run(main, Random(1))

    test.__name__ = scene.__name__
    return test


def shards(*every: Ownership) -> list[int]:
    return sorted(shard for one in every for shard in one.held())


ALL = list(range(SHARDS))


@plays
async def test_one_replica_has_every_shard_at_once(house: House) -> None:
    one = house.start()
    await asyncio.sleep(0.01)
    assert (one.joined, shards(one)) == (True, ALL)


@plays
async def test_a_second_one_gets_its_half_once_it_has_proved_to_stay(house: House) -> None:
    first = house.start()
    await asyncio.sleep(0.01)
    second = house.start()
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    assert second.joined
    assert not second.terms
    await asyncio.sleep(LEASE_SECONDS + RENEWED_AFTER_SECONDS)
    assert (len(first.held()), len(second.held())) == (32, 32)
    assert shards(first, second) == ALL


@plays
async def test_one_that_stops_gives_its_shards_up_at_once_and_the_others_keep_theirs(house: House) -> None:
    first, second, third = await house.three()
    before = dict(first.terms), dict(second.terms)
    await house.stop(third)
    assert not third.held()
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    assert shards(first, second) == ALL
    assert all(had.items() <= one.terms.items() for one, had in zip((first, second), before, strict=True))


@plays
async def test_of_one_that_is_killed_the_lease_has_to_run_out(house: House) -> None:
    first, second, third = await house.three()
    await house.kill(third)
    await asyncio.sleep(LEASE_SECONDS - RENEWED_AFTER_SECONDS)
    assert len(shards(first, second)) < SHARDS
    await asyncio.sleep(2 * RENEWED_AFTER_SECONDS)
    assert shards(first, second) == ALL


@plays
async def test_one_that_comes_for_a_killed_one_gets_its_shards_and_nobody_loses_any(house: House) -> None:
    every = await house.three()
    for number in range(10):
        killed = every.pop(0)
        before = [dict(one.terms) for one in every]
        await house.kill(killed)
        every.append(house.start(f"new {number}"))
        await asyncio.sleep(LEASE_SECONDS + RENEWED_AFTER_SECONDS)
        assert [dict(one.terms) | had for one, had in zip(every, before, strict=False)] == [
            one.terms for one in every[:2]
        ]
        assert shards(*every) == ALL


@plays
async def test_one_that_takes_the_place_of_one_that_stops_gets_its_shards_and_nobody_elses_move(house: House) -> None:
    first, second, third = await house.three()
    before = dict(first.terms), dict(second.terms)
    fourth = house.start("fourth")
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    await house.stop(third)
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    assert (first.terms, second.terms) == before
    assert shards(first, second, fourth) == ALL


@plays
async def test_one_of_the_same_name_takes_what_the_one_before_it_had_at_once(house: House) -> None:
    first, second, third = await house.three()
    lost = set(third.terms)
    await house.kill(third)
    again = house.start("2")
    await asyncio.sleep(0.01)
    assert set(again.held()) == lost
    assert shards(first, second, again) == ALL


@plays
async def test_a_database_that_is_away_for_longer_than_a_lease_moves_nothing(house: House) -> None:
    every = await house.three()
    before = [dict(one.terms) for one in every]
    house.away = True
    await asyncio.sleep(LEASE_SECONDS + 0.1)
    assert shards(*every) == []  # somebody else might have them
    assert [dict(one.terms) for one in every] == before
    house.away = False
    await asyncio.sleep(2 * LEASE_SECONDS)
    assert [dict(one.terms) for one in every] == before
    assert shards(*every) == ALL


@plays
async def test_a_shard_that_was_lost_and_had_again_is_another_term(house: House) -> None:
    first = house.start("first")
    await asyncio.sleep(0.01)
    before = dict(first.terms)
    async with house.store.transaction() as tx:
        await tx.succeed(uuid4(), "first")
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    assert shards(first) == ALL
    assert all(first.terms[shard] != term for shard, term in before.items())


@plays
async def test_all_that_is_ours_counts_as_new_when_the_database_may_be_another(house: House) -> None:
    one = house.start()
    await asyncio.sleep(1)
    before, epochs = dict(one.terms), one.held()
    one.anew()
    assert one.held() == epochs
    assert all(one.terms[shard] != term for shard, term in before.items())
    await asyncio.sleep(RENEWED_AFTER_SECONDS)
    assert one.held() == epochs
