"""Reading a whole topic, outside any group."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from kit.bus import BusError
from kit.kafka.client import let_go, starting


class Reading:
    """A consumer that is assigned all partitions of a topic (which goes by its full name here)."""

    def __init__(self, servers: str, topic: str) -> None:
        self._servers, self._topic = servers, topic

    async def __aenter__(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._servers, auto_offset_reset="earliest")
        async with starting(self._consumer, self._topic):
            await self._consumer.start()
            await self._consumer._client.add_topic(self._topic)
            for _ in range(20):
                if partitions := self._consumer.partitions_for_topic(self._topic):
                    break
                # A topic made a moment ago is not known to every broker yet.
                await asyncio.sleep(0.1)
                await self._consumer._client.force_metadata_update()
            else:
                raise BusError(f"there is no topic {self._topic}")
            self._consumer.assign([TopicPartition(self._topic, partition) for partition in partitions])
        return self._consumer

    async def __aexit__(self, *_: object) -> None:
        await let_go(self._consumer)
