"""Replicas that share a service's shards: some are lost, others come, and the rest notice nothing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.integration.kit.conftest import Connect, Topics
from tests.integration.kit.flow import CLOCK, eventually
from tests.integration.kit.letters import Letters, post
from tests.integration.kit.test_consume import come
from tests.integration.kit.toy import follow, tickets

from contracts.names import ESCALATIONS, SHARDS, SLA, TICKETS
from kit.bus import Bus
from kit.consume.consumer import Consumer
from kit.postgres import PostgresStore
from kit.shards.ownership import Ownership
from punctual.local.databases import Dsns

ROUNDS = 3
SHORT_LEASE_SECONDS = 2.0
"""Seconds that a lease lasts: so short that tests may wait for its end."""


class Replica:
    """A consumer and its leases, with a pool of its own."""

    def __init__(self, name: str, store: PostgresStore, bus: Bus) -> None:
        self.ownership = Ownership(store, CLOCK, replica=name, lease=SHORT_LEASE_SECONDS, renew=0.3)
        self.consumer = Consumer(
            store=store, bus=bus, clock=CLOCK, ownership=self.ownership, topics=(TICKETS, SLA), follow=follow()
        )
        self.tasks = [asyncio.create_task(part.run()) for part in (self.ownership, self.consumer)]

    async def stop(self) -> None:
        """In order: what it had is free at once."""
        self.consumer.stop()
        await self.tasks[1]
        self.tasks[0].cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def kill(self) -> None:
        """Nobody hears of it."""

        async def silent() -> None:
            pass

        self.ownership._leave = silent  # type: ignore[method-assign]
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def reads(self) -> set[int]:
        """The shards whose every topic it reads."""
        places = self.consumer.backlog.places()
        return {shard for shard in range(SHARDS) if {(TICKETS, shard), (SLA, shard)} <= places}


def owned_once(replicas: list[Replica]) -> bool:
    """Whether every shard is read by one of them."""
    return sorted(shard for one in replicas for shard in one.reads) == list(range(SHARDS))


@asynccontextmanager
async def three(dsns: Dsns, connect: Connect, bus: Bus) -> AsyncIterator[list[Replica]]:
    replicas = [Replica(str(n), await connect(dsns.app, ESCALATIONS), bus) for n in range(3)]
    try:
        await eventually(lambda: shared(replicas))
        yield replicas
    finally:
        for one in replicas:
            await one.kill()


async def shared(replicas: list[Replica]) -> bool:
    return owned_once(replicas) and all(len(one.reads) >= SHARDS // 4 for one in replicas)


@pytest.mark.slow
async def test_one_is_lost_and_another_comes_and_nothing_is_lost_doubled_or_moved_that_need_not(
    dsns: Dsns, connect: Connect, kafka: Topics
) -> None:
    bus, letters, found, chance = await kafka(TICKETS, SLA), Letters(), tickets(), random.Random(5)
    ending = asyncio.Event()

    async def load() -> None:
        coin = 0
        while not ending.is_set():
            coin += 1
            await post(bus, [letters.coin(ticket, coin) for ticket in found])
            await asyncio.sleep(0.3)

    async with three(dsns, connect, bus) as replicas:
        loading = asyncio.create_task(load())
        for number in range(ROUNDS):
            lost = replicas.pop(chance.randrange(3))
            before = [(one, dict(one.ownership.terms)) for one in replicas]
            await lost.kill()
            replicas.append(Replica(f"new {number}", await connect(dsns.app, ESCALATIONS), bus))
            await eventually(lambda: _yes(owned_once(replicas)))
            for one, had in before:
                assert had.items() <= one.ownership.terms.items()
        leaving = replicas.pop(0)
        before = [(one, dict(one.ownership.terms)) for one in replicas]
        await leaving.stop()
        await eventually(lambda: _yes(owned_once(replicas)))
        for one, had in before:
            assert had.items() <= one.ownership.terms.items()
        ending.set()
        await loading
        for one in replicas:
            assert not any(task.done() for task in one.tasks)
            assert one.consumer.broken == {}
        expected = {ticket: list(range(1, letters.versions[ticket] + 1)) for ticket in found}
        await come(await connect(dsns.app, ESCALATIONS), expected)


async def _yes(so: bool) -> bool:
    return so
