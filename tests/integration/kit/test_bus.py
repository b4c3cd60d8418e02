"""The broker, real and in memory: one suite for both."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from tests.integration.kit.conftest import Topics, memory_bus
from tests.integration.kit.flow import eventually

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


EVERY: dict[Place, int] = {(topic, shard): 0 for topic in (TICKETS, SLA) for shard in range(SHARDS)}


@asynccontextmanager
async def reading(bus: Bus, begin: Mapping[Place, int] = EVERY) -> AsyncIterator[Feed]:
    """A reader of these, closed after the test."""
    feed = await bus.feed("group")
    feed.assign(begin, [])
    try:
        yield feed
    finally:
        await feed.close()


async def take(feed: Feed, count: int) -> list[Message]:
    found: list[Message] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            found += await feed.poll(0.2)
    return found


def values(messages: list[Message]) -> list[int]:
    return [int(message.value or b"") for message in messages]


async def test_what_was_sent_comes_in_order_by_partition_with_all_that_it_carries(bus: Bus) -> None:
    async with reading(bus) as feed:
        await send(bus, *[(TICKETS, n % 3, str(n).encode()) for n in range(300)], key=b"stream")
        found = await take(feed, 300)
        for shard in range(3):
            here = [message for message in found if message.partition == shard]
            assert values(here) == list(range(shard, 300, 3))
            assert [message.offset for message in here] == list(range(100))
        assert {(message.topic, message.key, tuple(message.headers)) for message in found} == {
            (TICKETS, b"stream", (("n", b"1"),))
        }
        assert feed.lag((TICKETS, 0)) == 0
        assert feed.position((TICKETS, 0)) == 100


async def test_nothing_comes_of_what_is_not_assigned_and_nothing_is_known_of_it(bus: Bus) -> None:
    async with reading(bus, {}) as feed:
        await send(bus, (TICKETS, 5, b"1"))
        assert await feed.poll(0.3) == []
        feed.seek((TICKETS, 5), 0)
        feed.resume([(TICKETS, 5)])
        assert (feed.position((TICKETS, 5)), feed.lag((TICKETS, 5))) == (None, None)


async def test_what_is_kept_goes_on_when_other_partitions_come_and_go(bus: Bus) -> None:
    async with reading(bus, {(TICKETS, 5): 0, (TICKETS, 6): 0, (SLA, 5): 0}) as feed:
        await send(bus, *[(topic, shard, str(n).encode()) for topic, shard in feed.assigned() for n in range(4)])
        await take(feed, 12)
        feed.pause([(SLA, 5)])
        feed.assign({(TICKETS, 7): 0}, [(TICKETS, 5), (SLA, 5)])
        assert set(feed.assigned()) == {(TICKETS, 5), (TICKETS, 7), (SLA, 5)}
        assert feed.lag((TICKETS, 5)) == 0
        await send(bus, *[(TICKETS, shard, str(n).encode()) for shard in (5, 6, 7) for n in range(4, 7)])
        await send(bus, (SLA, 5, b"4"))
        found = await take(feed, 6)
        found += await feed.poll(0.5)
        assert {message.topic for message in found} == {TICKETS}
        assert values([one for one in found if one.partition == 5]) == [4, 5, 6]
        assert values([one for one in found if one.partition == 7]) == [4, 5, 6]
        feed.resume([(SLA, 5)])
        assert values(await take(feed, 1)) == [4]


async def test_what_is_assigned_may_change_as_often_as_it_likes(bus: Bus) -> None:
    async with reading(bus, {}) as feed:
        for shard in range(8):
            feed.assign({(TICKETS, shard): 0}, feed.assigned())
            await feed.poll(0.3)
            feed.assign({(SLA, shard): 0}, feed.assigned())
        await send(bus, *[(topic, shard, str(shard).encode()) for topic, shard in feed.assigned()])
        assert sorted(values(await take(feed, 16))) == sorted([*range(8), *range(8)])


async def test_it_goes_on_from_wherever_it_is_told_to(bus: Bus) -> None:
    await send(bus, *[(TICKETS, 5, str(n).encode()) for n in range(10)])
    async with reading(bus) as feed:
        await take(feed, 10)
        feed.seek((TICKETS, 5), 7)
        assert values(await take(feed, 3)) == [7, 8, 9]


async def test_from_beyond_the_end_it_begins_again(bus: Bus) -> None:
    await send(bus, *[(TICKETS, 5, str(n).encode()) for n in range(3)])
    async with reading(bus, {(TICKETS, 5): 7}) as feed:
        assert values(await take(feed, 3)) == [0, 1, 2]
        assert feed.position((TICKETS, 5)) == 3


async def test_a_paused_partition_waits(bus: Bus) -> None:
    async with reading(bus) as feed:
        feed.pause([(TICKETS, 5), ("punctual.unheard-of.v1", 3)])
        await send(bus, (TICKETS, 5, b"2"), (TICKETS, 6, b"1"))
        assert values(await take(feed, 1)) == [1]
        assert await feed.poll(0.3) == []
        feed.resume([(TICKETS, 5)])
        assert values(await take(feed, 1)) == [2]


async def test_of_a_partition_that_is_not_there_nothing_is_known(bus: Bus) -> None:
    async with reading(bus, {("punctual.unheard-of.v1", 3): 0, (TICKETS, 5): 0}) as feed:
        await send(bus, (TICKETS, 5, b"1"))
        await take(feed, 1)
        assert feed.is_missing(("punctual.unheard-of.v1", 3))
        assert feed.lag(("punctual.unheard-of.v1", 3)) is None
        assert not feed.is_missing((TICKETS, 5))


async def test_onlookers_see_how_far_we_are(kafka: Topics) -> None:
    bus = await kafka(TICKETS)
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.servers)
    await admin.start()

    async def told() -> bool:
        feed.hint({(TICKETS, 5): 7})
        await asyncio.sleep(0.1)
        with suppress(KafkaError):  # the first to ask makes the broker lay out its topic of offsets
            found = await admin.list_consumer_group_offsets(bus.prefix + "group")
            return {(one.topic, one.partition): at.offset for one, at in found.items()} == {
                (bus.prefix + TICKETS, 5): 7
            }
        return False

    try:
        async with reading(bus, {(TICKETS, 5): 0}) as feed:
            await eventually(told)
    finally:
        await admin.close()


async def test_what_lies_between_two_offsets_can_be_read(bus: Bus) -> None:
    await send(bus, *[(TICKETS, 5, str(n).encode()) for n in range(6)])
    for begin, end, found in [(2, 4, [2, 3]), (0, 6, [0, 1, 2, 3, 4, 5]), (4, 99, [4, 5]), (7, 9, []), (3, 3, [])]:
        assert values([message async for message in bus.records((TICKETS, 5), begin, end)]) == found


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


@pytest.mark.parametrize(("offset", "first"), [(0, b"0"), (3, b"3"), (9, b"0")])
async def test_a_partition_is_read_from_an_offset_on_or_from_its_beginning_if_it_ends_before(
    bus: Bus, offset: int, first: bytes
) -> None:
    await send(bus, *[(TICKETS, 7, str(n).encode()) for n in range(5)], (TICKETS, 8, b"of another partition"))
    found: list[bytes | None] = []
    async with asyncio.timeout(20), aclosing(bus.partition((TICKETS, 7), offset)) as messages:  # type: ignore[type-var]
        async for message in messages:
            found.append(message.value)
            if message.value == b"4":
                await send(bus, (TICKETS, 7, b"later"))
            if message.value == b"later":
                break
    assert found[0] == first
    assert found == [str(n).encode() for n in range(int(first), 5)] + [b"later"]


async def test_a_producer_says_when_there_is_no_such_partition(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    producer = await bus.producer()
    monkeypatch.setattr("kit.kafka.producer.BROKER_TIMEOUT_SECONDS", 1.0)
    with pytest.raises(BusError):
        await (await producer.send("punctual.unheard-of.v1", 0, None, b"x"))
    await producer.close()


async def test_it_answers_whoever_asks_though_nothing_is_read(bus: Bus) -> None:
    async with aclosing(bus.answers()) as answers:  # type: ignore[type-var]
        async with asyncio.timeout(30):
            for _ in range(3):
                await anext(answers)


async def test_who_asks_where_no_broker_is_hears_of_it() -> None:
    async with aclosing(KafkaBus("127.0.0.1:1").answers()) as answers:  # type: ignore[type-var]
        with pytest.raises(BusError, match="no broker at"):
            await anext(answers)
