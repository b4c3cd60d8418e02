"""Reading a topic, or one of its partitions, once."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from kit.bus import BusError, Message
from kit.kafka.client import BROKER_TIMEOUT_SECONDS, Polling, answering, let_go, starting


class Reading:
    """A consumer to which all partitions of a topic are assigned, or one of them. `topic`: with its prefix."""

    def __init__(self, servers: str, topic: str, partition: int | None = None) -> None:
        self._servers, self._topic, self._partition = servers, topic, partition

    async def __aenter__(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._servers, auto_offset_reset="earliest")
        async with starting(self._consumer, self._topic):
            await self._consumer.start()
            await self._consumer._client.add_topic(self._topic)
            for _ in range(20):
                if partitions := self._consumer.partitions_for_topic(self._topic):
                    break
                # Perhaps the topic was just created, and this broker doesn't know it yet.
                await asyncio.sleep(0.1)
                await self._consumer._client.force_metadata_update()
            else:
                raise BusError(f"there is no topic {self._topic}")
            wanted = partitions if self._partition is None else partitions & {self._partition}
            self._consumer.assign([TopicPartition(self._topic, partition) for partition in wanted])
        return self._consumer

    async def __aexit__(self, *_: object) -> None:
        await let_go(self._consumer)


async def up_to(
    consumer: AIOKafkaConsumer, prefix: str, begins: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> AsyncIterator[Message]:
    """The partitions' records from `begins` up to, but not including, `ends`. Raises BusError."""
    for there, offset in begins.items():
        consumer.seek(there, offset)
    polling, moved = Polling(consumer, prefix), time.monotonic()
    left = {there for there in begins if ends[there] > begins[there]}
    while left:
        for message in await polling.poll(1.0):
            moved = time.monotonic()
            if message.offset < ends[TopicPartition(prefix + message.topic, message.partition)]:
                yield message
        async with answering("no position"):
            left = {there for there in left if ends[there] > await consumer.position(there)}
        if time.monotonic() - moved > BROKER_TIMEOUT_SECONDS:
            raise BusError(f"nothing comes of {sorted(left)}")
