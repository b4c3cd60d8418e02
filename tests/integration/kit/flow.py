"""Relays and consumers at work, and what is on a topic."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

from contracts import wire
from contracts.envelope import Fact
from contracts.names import SHARDS, TICKETS
from kit.bus import Bus, Message
from kit.clock import WallClock
from kit.consume.consumer import Consumer
from kit.relay.relay import Relay
from kit.shards.ownership import Ownership
from kit.store import Store
from kit.store.values import Row

CLOCK = WallClock()


class Runs(Protocol):
    """A part that runs until it is cancelled."""

    async def run(self) -> None: ...


@asynccontextmanager
async def at_work(*parts: Runs) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Run them until the end of the block, with the leases that they go by. One that ended by itself tells why."""
    tasks = [asyncio.create_task(part.run()) for part in parts]
    leases = [asyncio.create_task(part.ownership.run()) for part in parts if isinstance(part, Relay | Consumer)]
    results: list[BaseException | None] = []
    try:
        yield tasks
    finally:
        for running in (tasks, leases):
            for task in running:
                task.cancel()
            results += await asyncio.gather(*running, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def eventually(fulfilled: Callable[[], Awaitable[bool]], within: float = 40) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(within):
        while not await fulfilled():  # noqa: ASYNC110 - what is asked for is in another process
            await asyncio.sleep(0.1)


def relay(
    store: Store, bus: Bus, topic: str = TICKETS, wrote: asyncio.Event | None = None, replica: str | None = None
) -> Relay:
    ownership = Ownership(store, CLOCK, replica=replica)
    return Relay(store, bus, CLOCK, ownership, service="jars", topic=topic, wrote=wrote or asyncio.Event())


async def rows_of(store: Store) -> list[Row]:
    """The whole log, as long as nothing was relayed: otherwise what is left to relay."""
    async with store.transaction() as tx:
        return [row for row, _ in (await tx.pending(range(SHARDS), 100_000)).events]


async def on_topic(bus: Bus, topic: str = TICKETS) -> dict[int, list[tuple[Fact, UUID | None]]]:
    """By shard, the facts on a topic with the id of the one before each, in the order of their offsets."""
    found: dict[int, list[tuple[Fact, UUID | None]]] = {}
    async for message in bus.table(topic):
        found.setdefault(message.partition, []).append(read(message))
    return found


def read(message: Message) -> tuple[Fact, UUID | None]:
    return wire.recorded_from(message.topic, message.partition, message.key, message.value, message.headers)


def first_seen(facts: Iterable[tuple[Fact, UUID | None]]) -> list[UUID]:
    """The ids in the order in which a consumer that drops duplicates and holes would apply them."""
    applied: list[UUID] = []
    for fact, previous in facts:
        if fact.shard_seq == len(applied) + 1:
            assert previous == (applied[-1] if applied else None)
            applied.append(fact.event_id)
    return applied


def ids(rows: Iterable[Any]) -> dict[int, list[UUID]]:
    """Event ids by shard."""
    found: dict[int, list[UUID]] = {}
    for row in rows:
        found.setdefault(row.shard, []).append(row.event_id)
    return found
