"""What a broker may lose: a topic's records, or the topic itself."""

import asyncio
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import LeaderNotAvailableError, NotLeaderForPartitionError
from tests.topics import administering

from contracts.names import SHARDS


async def lose_records(bootstrap: str, topic: str) -> None:
    """The topic loses all it has; its offsets go on. A partition that was made just now may have no leader yet."""
    places = {TopicPartition(topic, shard): RecordsToDelete(before_offset=-1) for shard in range(SHARDS)}
    async with administering(bootstrap) as admin, asyncio.timeout(30):
        while True:
            with suppress(LeaderNotAvailableError, NotLeaderForPartitionError):
                await admin.delete_records(places)
                return
            await asyncio.sleep(0.1)


async def delete_topic(bootstrap: str, topic: str) -> None:
    """The topic is no more."""
    async with administering(bootstrap) as admin:
        await admin.delete_topics([topic])
