"""What a broker may lose: a topic's records, or the topic itself."""

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from tests.topics import administering

from contracts.names import SHARDS


async def lose_records(bootstrap: str, topic: str) -> None:
    """The topic loses all it has; its offsets go on."""
    places = [TopicPartition(topic, shard) for shard in range(SHARDS)]
    async with administering(bootstrap) as admin:
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})


async def delete_topic(bootstrap: str, topic: str) -> None:
    """The topic is no more."""
    async with administering(bootstrap) as admin:
        await admin.delete_topics([topic])
