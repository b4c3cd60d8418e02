"""What every other integration test builds upon."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tests.conftest import Factory
from tests.stack import Addresses

from contracts.names import KEYS, SHARDS, TICKETS
from punctual.local.topics import create_topics


async def test_a_database_belongs_to_its_owner_and_lets_nobody_else_in(database: Factory) -> None:
    mine, other = await database("kit"), await database("kit")
    assert mine != other

    owner = await asyncpg.connect(mine.owner)
    assert await owner.fetchval("SELECT current_user") == "kit_owner"
    await owner.close()

    app = await asyncpg.connect(mine.app)
    assert await app.fetchval("SELECT current_user") == "kit"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("CREATE TABLE mine (id int)")
    await app.close()

    service = await database("sla-timer")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(service.app.rpartition("/")[0] + "/" + mine.app.rpartition("/")[2])


async def test_topics_are_made_once_with_a_partition_for_each_shard(stack: Addresses, topic_prefix: str) -> None:
    topic_prefix += "once."
    created = await create_topics(stack.kafka, topic_prefix)
    assert len(created) == 7
    assert await create_topics(stack.kafka, topic_prefix) == []

    consumer = AIOKafkaConsumer(topic_prefix + TICKETS, bootstrap_servers=stack.kafka, auto_offset_reset="earliest")
    await consumer.start()
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        assert len(consumer.partitions_for_topic(topic_prefix + TICKETS) or ()) == SHARDS
        await producer.send_and_wait(topic_prefix + TICKETS, b"opened", partition=SHARDS - 1)
        record = await consumer.getone()
        assert (record.value, record.partition) == (b"opened", SHARDS - 1)
        assert len(await producer.partitions_for(topic_prefix + KEYS)) == 8
    finally:
        await producer.stop()
        await consumer.stop()
