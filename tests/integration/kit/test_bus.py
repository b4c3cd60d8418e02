"""The broker, real and in memory: one suite for both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import pytest
from tests.integration.kit.conftest import Topics, memory_bus
from tests.integration.kit.flow import ignore

from contracts.names import KEYS, SHARDS, SLA, TICKETS
from kit.bus import BusError, Feed, Message, Place
from kit.kafka import KafkaBus
from kit.memory_bus import MemoryBus

Bus = KafkaBus | MemoryBus


@pytest.fixture(params=["kafka", "memory"])
async def bus(request: pytest.FixtureRequest, kafka: Topics) -> Bus:
    return await kafka(TICKETS, SLA, KEYS) if request.param == "kafka" else memory_bus()


async def send(bus: Bus, *records: tuple[str, int, bytes], key: bytes | None = None) -> None:
    producer = await bus.producer()
    try:
        for ack in [await producer.send(topic, shard, key, value, [("n", b"1")]) for topic, shard, value in records]:
            await ack
    finally:
        await producer.close()


Join = Callable[..., Awaitable[Feed]]


@asynccontextmanager
async def joining(bus: Bus) -> AsyncIterator[Join]:
    """Members that leave after the test."""
    async with AsyncExitStack() as members:

        async def join(
            group: str = "group",
            topics: Collection[str] = (TICKETS, SLA),
            assigned: Callable[[Collection[Place]], Awaitable[None]] = ignore,
            revoked: Callable[[Collection[Place]], Awaitable[None]] = ignore,
        ) -> Feed:
            feed = await bus.feed(group, list(topics), assigned, revoked)
            members.push_async_callback(feed.close)
            return feed

        yield join


async def take(feed: Feed, count: int) -> list[Message]:
    found: list[Message] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            found += await feed.poll(0.2)
    return found


async def test_what_was_sent_comes_in_order_by_partition_with_all_that_it_carries(bus: Bus) -> None:
    async with joining(bus) as join:
        feed = await join()
        await send(bus, *[(TICKETS, n % 3, str(n).encode()) for n in range(300)], key=b"stream")
        found = await take(feed, 300)
        for shard in range(3):
            here = [message for message in found if message.partition == shard]
            assert [int(message.value or b"") for message in here] == list(range(shard, 300, 3))
            assert [message.offset for message in here] == list(range(100))
        assert {(message.topic, message.key, tuple(message.headers)) for message in found} == {
            (TICKETS, b"stream", (("n", b"1"),))
        }
        assert feed.lag((TICKETS, 0)) == 0


async def test_the_same_shard_of_all_topics_goes_to_one_member(bus: Bus) -> None:
    async with joining(bus) as join:
        feeds = [await join(), await join()]
        async with asyncio.timeout(30):
            while {len(feed.assigned()) for feed in feeds} != {SHARDS}:
                await asyncio.gather(*(feed.poll(0.1) for feed in feeds))
        for feed in feeds:
            places = set(feed.assigned())
            assert {shard for topic, shard in places if topic == TICKETS} == {
                shard for topic, shard in places if topic == SLA
            }


async def test_members_are_told_what_they_get_and_lose(bus: Bus) -> None:
    mine: set[Place] = set()

    async def assigned(places: Collection[Place]) -> None:
        mine.update(places)

    async def revoked(places: Collection[Place]) -> None:
        mine.difference_update(places)

    async with joining(bus) as join:
        first = await join(assigned=assigned, revoked=revoked)
        assert mine == set(first.assigned()) == {(topic, shard) for topic in (TICKETS, SLA) for shard in range(SHARDS)}
        second = await join()
        async with asyncio.timeout(30):
            while len(mine) != SHARDS:
                await asyncio.gather(first.poll(0.1), second.poll(0.1))
        assert mine == set(first.assigned())
        await second.close()
        async with asyncio.timeout(30):
            while len(mine) != 2 * SHARDS:
                await first.poll(0.1)


async def test_a_member_goes_on_from_wherever_it_wants(bus: Bus) -> None:
    await send(bus, *[(TICKETS, 5, str(n).encode()) for n in range(10)])
    async with joining(bus) as join:
        feed = await join()
        await take(feed, 10)
        feed.seek((TICKETS, 5), 7)
        assert [message.value for message in await take(feed, 3)] == [b"7", b"8", b"9"]


async def test_a_paused_partition_waits(bus: Bus) -> None:
    async with joining(bus) as join:
        feed = await join()
        feed.pause([(TICKETS, 5), ("punctual.unheard-of.v1", 3)])
        await send(bus, (TICKETS, 5, b"later"), (TICKETS, 6, b"now"))
        assert [message.value for message in await take(feed, 1)] == [b"now"]
        assert await feed.poll(0.3) == []
        feed.resume([(TICKETS, 5)])
        assert [message.value for message in await take(feed, 1)] == [b"later"]


async def test_an_exception_of_a_listener_is_not_lost(bus: Bus) -> None:
    async def assigned(places: Collection[Place]) -> None:
        raise ZeroDivisionError

    async with joining(bus) as join:
        with pytest.raises((BusError, ZeroDivisionError)):
            await (await join(assigned=assigned)).poll(0.1)


async def test_a_tail_has_only_what_comes_from_now_on(bus: Bus) -> None:
    await send(bus, (TICKETS, 0, b"before"))
    heard: list[bytes | None] = []

    async def listen() -> None:
        async with aclosing(bus.tail(TICKETS)) as messages:  # type: ignore[type-var]
            async for message in messages:
                heard.append(message.value)  # noqa: PERF401 - they are looked at meanwhile

    task = asyncio.create_task(listen())
    async with asyncio.timeout(20):
        while not heard:
            await send(bus, (TICKETS, 0, b"after"))
            await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert set(heard) == {b"after"}


async def test_a_table_has_everything_up_to_its_present_end_and_ends_there(bus: Bus) -> None:
    assert [message async for message in bus.table(KEYS)] == []
    await send(bus, *[(KEYS, n % 8, str(n).encode()) for n in range(40)], key=b"subject")
    async with asyncio.timeout(20):
        found = [message async for message in bus.table(KEYS)]
    assert sorted(int(message.value or b"") for message in found) == list(range(40))
    assert {message.key for message in found} == {b"subject"}


async def test_a_producer_says_when_there_is_no_such_partition(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    producer = await bus.producer()
    monkeypatch.setattr("kit.kafka.producer.PATIENCE", 1.0)
    with pytest.raises(BusError):
        await (await producer.send("punctual.unheard-of.v1", 0, None, b"x"))
    await producer.close()
