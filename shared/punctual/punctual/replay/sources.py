"""Where replay reads the log: from a service's database, or from Kafka alone."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.envelope import Fact
from contracts.names import SHARDS
from contracts.wire import recorded_from
from kit.rows import fact_of
from kit.store import Row

EVENTS = """
SELECT shard, shard_seq, stream_id, version, event_id, command_id, type, schema_version, recorded_at, data, meta
FROM events ORDER BY shard, shard_seq
"""
HEADS = "SELECT shard, seq FROM heads WHERE seq > 0"


async def from_postgres(connection: asyncpg.Connection, topic: str) -> AsyncIterator[Fact]:
    """The whole log of a service, shard by shard, as of the connection's snapshot."""
    async for row in connection.cursor(EVENTS, prefetch=5000):
        yield fact_of(topic, Row(*row))


async def heads(connection: asyncpg.Connection) -> dict[int, int]:
    """How many events each shard has in the connection's snapshot."""
    return {row[0]: row[1] for row in await connection.fetch(HEADS)}


async def from_kafka(servers: str, prefix: str, topic: str, upto: dict[int, int]) -> AsyncIterator[Fact]:
    """A service's topic, each shard up to that event and once each, whatever the relay sent twice.

    Raises EOFError if the topic ends before.
    """
    consumer: Any = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(prefix + topic, shard) for shard in range(SHARDS)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        at = dict.fromkeys(upto, 0)
        while any(at[shard] < seq for shard, seq in upto.items()):
            batch = await consumer.getmany(timeout_ms=1000)
            for place, records in batch.items():
                for record in records:
                    fact, _ = recorded_from(topic, place.partition, record.key, record.value, record.headers)
                    if at.get(fact.shard, 0) < fact.shard_seq <= upto.get(fact.shard, 0):
                        at[fact.shard] = fact.shard_seq
                        yield fact
            done = [await consumer.position(place) >= ends[place] for place in places]
            if not batch and all(done):
                short = {shard: (at[shard], seq) for shard, seq in upto.items() if at[shard] < seq}
                raise EOFError(f"{topic} ends before the log does, in shards (there, wanted): {short}")
    finally:
        await consumer.stop()
