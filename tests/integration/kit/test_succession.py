"""A replica that is started again has at once what the one before it held, however long the broker would wait."""

import asyncio
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from tests.integration.kit.conftest import Topics
from tests.integration.kit.flow import eventually, ignore
from tests.integration.kit.processes import REPLICA, running

from contracts.names import SHARDS, TICKETS
from kit.bus import Feed
from kit.kafka import KafkaBus
from kit.kafka.succession import succeed
from punctual.local.databases import Dsns


async def join(bus: KafkaBus) -> Feed:
    return await bus.feed("group", [TICKETS], ignore, ignore)


async def members(bus: KafkaBus) -> int:
    """How many the broker takes to be in the group."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.servers)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([bus.prefix + "group"])
        return len(answer.groups[0][5])
    finally:
        await admin.close()


async def test_whoever_has_the_name_of_one_that_was_killed_takes_its_place(dsns: Dsns, kafka: Topics) -> None:
    bus = await kafka(TICKETS)
    async with running("join", dsns, bus):
        pass  # killed at the end of it
    # Its session has 30 seconds to run; to be given its partitions takes one or two.
    async with asyncio.timeout(15):
        feed = await join(replace(bus, replica=REPLICA))
    assert len(feed.assigned()) == SHARDS
    await feed.close()


async def test_whoever_has_another_name_does_not(dsns: Dsns, kafka: Topics) -> None:
    bus = await kafka(TICKETS)
    async with running("join", dsns, bus):
        pass
    for name, left in [("other", 1), (REPLICA, 0)]:
        await succeed(bus.servers, bus.prefix + "group", name)
        assert await members(bus) == left


async def test_one_that_was_alive_after_all_joins_again(kafka: Topics) -> None:
    bus = await kafka(TICKETS)
    first = await join(replace(bus, replica=REPLICA))
    second = await join(replace(bus, replica=REPLICA))

    async def shared() -> bool:
        await asyncio.gather(first.poll(0.1), second.poll(0.1))
        return len(first.assigned()) == len(second.assigned()) == SHARDS // 2

    await eventually(shared, within=30)
    assert set(first.assigned()).isdisjoint(second.assigned())
    await asyncio.gather(first.close(), second.close())


async def test_a_broker_that_does_not_answer_is_left_alone(kafka: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joining says what is wrong; that nobody's place was taken is only logged."""
    monkeypatch.setattr("kit.kafka.succession.PATIENCE", 0.0)
    feed = await join(replace(await kafka(TICKETS), replica=REPLICA))
    assert len(feed.assigned()) == SHARDS
    await feed.close()
