"""What a broker may lose: a topic's records, or the topic itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from contracts.names import SHARDS


@asynccontextmanager
async def _administering(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=30_000)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def lose_records(bootstrap: str, topic: str) -> None:
    """The topic loses all it has; its offsets go on."""
    places = [TopicPartition(topic, shard) for shard in range(SHARDS)]
    async with _administering(bootstrap) as admin:
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})


async def delete_topic(bootstrap: str, topic: str) -> None:
    """The topic is no more."""
    async with _administering(bootstrap) as admin:
        await admin.delete_topics([topic])
