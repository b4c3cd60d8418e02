"""What comes is not always what was there: logs that went back in time, and topics that were made anew."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from structlog.testing import capture_logs
from tests.integration.kit.conftest import Topics, memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.letters import Letters, effects, post
from tests.integration.kit.test_consume import come, consumer
from tests.integration.kit.toy import ticket_in

from contracts.names import ESCALATIONS, SHARDS, TICKETS
from contracts.wire import Record
from kit.bus import Bus, BusError
from kit.consume.consumer import Consumer
from kit.kafka import KafkaBus
from kit.memory import MemoryStore
from kit.memory_bus import MemoryBus

WAIT_LIMIT_SECONDS = 30.0
"""Seconds until what a test waits for must be so; it takes one or two."""
PLACE = (TICKETS, 7)
TICKET, NEIGHBOUR = ticket_in(7), ticket_in(8)
Told = Callable[[], bool]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(ESCALATIONS)


@pytest.fixture(params=["kafka", "memory"])
async def bus(request: pytest.FixtureRequest, kafka: Topics) -> Bus:
    return await kafka(TICKETS) if request.param == "kafka" else memory_bus()


@pytest.fixture
async def admin(bus: Bus) -> AsyncIterator[AIOKafkaAdminClient | None]:
    if isinstance(bus, MemoryBus):
        yield None
        return
    assert isinstance(bus, KafkaBus)
    client = AIOKafkaAdminClient(bootstrap_servers=bus.servers)
    await client.start()
    yield client
    await client.close()


async def delete(bus: Bus, admin: AIOKafkaAdminClient | None) -> None:
    """The topic is no more."""
    if isinstance(bus, KafkaBus):
        assert admin
        await admin.delete_topics([bus.prefix + TICKETS])
    elif isinstance(bus, MemoryBus):
        for shard in range(SHARDS):
            del bus.logs[TICKETS, shard]


async def make(bus: Bus, admin: AIOKafkaAdminClient | None) -> None:
    """The topic is there, empty."""
    if isinstance(bus, KafkaBus):
        assert admin
        async with asyncio.timeout(20):
            while True:
                answer = await admin.create_topics([NewTopic(bus.prefix + TICKETS, SHARDS, 1)])
                if all(code == 0 for _, code, *_ in answer.topic_errors):
                    break
                await asyncio.sleep(0.1)  # the one before it is not gone yet
            while True:
                producer = await bus.producer()
                try:
                    await (await producer.send(TICKETS, 9, b"no event", b"of ours"))
                    break
                except BusError:
                    await asyncio.sleep(0.1)
                finally:
                    await producer.close()
    elif isinstance(bus, MemoryBus):
        bus.logs |= {(TICKETS, shard): [] for shard in range(SHARDS)}


async def so(fulfilled: Told, within: float = WAIT_LIMIT_SECONDS) -> None:
    async def there() -> bool:
        return fulfilled()

    await eventually(there, within)


def coins(letters: Letters, *numbers: int) -> list[Record]:
    return [letters.coin(TICKET, number) for number in numbers]


def consuming(store: MemoryStore, bus: Bus) -> Consumer:
    return consumer(store, bus, topics=[TICKETS])


async def test_a_log_that_went_back_in_time_is_noticed_by_its_first_record(store: MemoryStore, bus: Bus) -> None:
    letters = Letters()
    first, then = coins(letters, 1, 2, 3), dict(letters.last)
    async with at_work(own := consuming(store, bus)):
        await post(bus, first + coins(letters, 4, 5, 6))
        await come(store, {TICKET: [1, 2, 3, 4, 5, 6]})
        letters.last = then
        await post(bus, [*coins(letters, 40), letters.coin(NEIGHBOUR, 1)])
        await so(lambda: PLACE in own.broken)
        assert "event 4" in own.broken[PLACE]
        assert own.broken.keys() == {PLACE}
        assert not own.at_end(PLACE)
        await come(store, {TICKET: [1, 2, 3, 4, 5, 6], NEIGHBOUR: [1]})


async def test_it_is_noticed_again_after_a_restart(store: MemoryStore, bus: Bus) -> None:
    letters = Letters()
    first, then = coins(letters, 1, 2, 3), dict(letters.last)
    await post(bus, first + coins(letters, 4, 5, 6))
    async with at_work(consuming(store, bus)):
        await come(store, {TICKET: [1, 2, 3, 4, 5, 6]})
    letters.last = then
    await post(bus, coins(letters, 40))
    for _ in range(2):
        async with at_work(own := consuming(store, bus)):
            await so(lambda: PLACE in own.broken)
    assert await effects(store, [TICKET]) == {TICKET: [1, 2, 3, 4, 5, 6]}


async def test_a_relay_that_was_cut_off_while_it_sent_again_is_let_off(store: MemoryStore, bus: Bus) -> None:
    letters = Letters()
    log = coins(letters, *range(1, 10))
    async with at_work(own := consuming(store, bus)):
        await post(bus, log)
        await come(store, {TICKET: list(range(1, 10))})
        with capture_logs() as said:
            await post(bus, log[3:5])
            await so(lambda: compared(said) == [5] and not own.unproven())
            await post(bus, log[:2] + log[7:] + coins(letters, 10))
            await so(lambda: compared(said) == [5, 2] and not own.unproven())
        assert not own.broken
        await come(store, {TICKET: list(range(1, 11))})


def compared(said: Sequence[Mapping[str, Any]]) -> list[int]:
    """Up to which numbers records came again that were looked into."""
    return [line["seq"] for line in said if line["event"].startswith("records came again")]


async def test_a_topic_that_is_deleted_and_made_again_is_read_again(
    store: MemoryStore, bus: Bus, admin: AIOKafkaAdminClient | None
) -> None:
    letters = Letters()
    log = coins(letters, *range(1, 10))
    async with at_work(own := consuming(store, bus)):
        await post(bus, log)
        await come(store, {TICKET: list(range(1, 10))})
        await delete(bus, admin)
        await so(lambda: PLACE in own.missing())
        assert own.lag()[PLACE] is None
        await make(bus, admin)
        await so(lambda: PLACE in own.rewound)
        await post(bus, log + coins(letters, 10))
        await come(store, {TICKET: list(range(1, 11))}, WAIT_LIMIT_SECONDS)
        assert (own.broken, own.unproven(), own.missing()) == ({}, set(), set())
        await so(lambda: PLACE not in own.rewound)


async def test_a_topic_that_was_made_again_while_nobody_read_is_read_from_its_beginning(
    store: MemoryStore, bus: Bus, admin: AIOKafkaAdminClient | None
) -> None:
    """Its records have other offsets: at the offset of the record applied last there is another one now."""
    letters = Letters()
    log = coins(letters, *range(1, 6))
    await post(bus, [record for record in log for _ in range(2)])
    async with at_work(consuming(store, bus)):
        await come(store, {TICKET: list(range(1, 6))})
    await delete(bus, admin)
    await make(bus, admin)
    await post(bus, log + coins(letters, *range(6, 20)))
    async with at_work(own := consuming(store, bus)):
        await come(store, {TICKET: list(range(1, 20))}, WAIT_LIMIT_SECONDS)
        assert not own.broken


async def test_a_topic_that_lost_its_end_says_so_though_nothing_comes(
    store: MemoryStore, bus: Bus, admin: AIOKafkaAdminClient | None
) -> None:
    letters = Letters()
    log = coins(letters, *range(1, 6))
    await post(bus, log)
    async with at_work(consuming(store, bus)):
        await come(store, {TICKET: list(range(1, 6))})
    await delete(bus, admin)
    await make(bus, admin)
    await post(bus, log[:4])
    async with at_work(own := consuming(store, bus)):
        await so(lambda: PLACE in own.rewound)
        await post(bus, log[4:] + coins(letters, 6))
        await come(store, {TICKET: list(range(1, 7))}, WAIT_LIMIT_SECONDS)
        assert not own.broken


async def test_a_hole_is_told_from_the_first_second_and_how_long_it_has_been_there(
    store: MemoryStore, bus: Bus
) -> None:
    letters = Letters()
    log = coins(letters, *range(1, 6))
    async with at_work(own := consuming(store, bus)):
        await post(bus, [*log[:2], log[4]])
        await so(lambda: PLACE in own.holes(), 1.0)
        await so(lambda: own.holes()[PLACE] > 2.5)
        await so(lambda: own.lag()[PLACE] == 0)  # unknown while the consumer looks again whether the log is the same
        assert not own.at_end(PLACE)
        await post(bus, log[2:])
        await come(store, {TICKET: list(range(1, 6))})
        assert own.holes() == {}
