"""A Kafka cluster, and the settings of its clients."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from kit.bus import Message, Place
from kit.kafka.client import Polling, answering, starting
from kit.kafka.feed import KafkaFeed
from kit.kafka.ping import BrokerPing
from kit.kafka.producer import KafkaProducer
from kit.kafka.reading import Reading, up_to

MAX_BATCH_RECORDS = 500
"""Records of several partitions in one batch."""


@dataclass(frozen=True)
class KafkaBus:
    """A Kafka cluster. `prefix` separates the topics and groups of several installations; `replica` names this process
    in the broker's logs."""

    servers: str
    prefix: str = ""
    replica: str | None = None

    async def producer(self) -> KafkaProducer:
        """An idempotent producer that waits for all replicas."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.servers,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            compression_type="lz4",
            max_request_size=1_000_000,
            request_timeout_ms=15_000,
        )
        async with starting(producer, f"no broker at {self.servers}"):
            await producer.start()
        return KafkaProducer(producer, self.prefix)

    async def feed(self, group: str) -> KafkaFeed:
        """A feed that assigns itself partitions; its group has no members."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.servers,
            client_id=self.replica or "punctual",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=500,
            max_partition_fetch_bytes=2_000_000,
        )
        async with starting(consumer, f"no broker at {self.servers}"):
            await consumer.start()
        return KafkaFeed(consumer, self.prefix, self.prefix + group)

    async def answers(self) -> AsyncIterator[None]:
        """Answers of any broker, over separate connections: those that read wait for records."""
        async with BrokerPing(self.servers, self.replica or "punctual") as asking:
            while True:
                await asking.answer()
                yield

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """The records that come to a topic from now on."""
        async with Reading(self.servers, self.prefix + topic) as consumer:
            async with answering(topic):
                await consumer.seek_to_end()
            polling = Polling(consumer, self.prefix)
            while True:
                for message in await polling.poll(1.0):
                    yield message

    async def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """Batches of these partitions' records, from these offsets up to the partitions' present ends."""
        async with Reading(self.servers, self.prefix + topic) as consumer:
            places = [TopicPartition(self.prefix + topic, partition) for partition in sorted(offsets)]
            consumer.assign(places)
            async with answering(topic):
                begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            wanted = {place: offsets[place.partition] for place in places}
            begins |= {place: offset for place, offset in wanted.items() if begins[place] <= offset < ends[place]}
            found: list[Message] = []
            async for message in up_to(consumer, self.prefix, begins, ends):
                found.append(message)
                if len(found) == MAX_BATCH_RECORDS:
                    yield found
                    found = []
            if found:
                yield found

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic, from its beginning up to its present end."""
        async with Reading(self.servers, self.prefix + topic) as consumer:
            async with answering(topic):
                places = consumer.assignment()
                begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            async for message in up_to(consumer, self.prefix, begins, ends):
                yield message

    async def records(self, place: Place, begin: int, end: int) -> AsyncIterator[Message]:
        """A partition's records from offset `begin` up to, but not including, `end`."""
        async with Reading(self.servers, self.prefix + place[0], place[1]) as consumer:
            async with answering(place[0]):
                places = consumer.assignment()
                begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            begins = {there: max(begin, offset) for there, offset in begins.items()}
            ends = {there: min(end, offset) for there, offset in ends.items()}
            async for message in up_to(consumer, self.prefix, begins, ends):
                yield message

    async def partition(self, place: Place, offset: int) -> AsyncIterator[Message]:
        """One partition from an offset on."""
        topic, number = place
        async with Reading(self.servers, self.prefix + topic, number) as consumer:
            async with answering(topic):
                [there] = consumer.assignment()
                end = (await consumer.end_offsets([there]))[there]
            consumer.seek(there, 0 if offset > end else offset)
            polling = Polling(consumer, self.prefix)
            while True:
                for message in await polling.poll(1.0):
                    yield message
