"""A Kafka cluster: what its clients are set to."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from kit.bus import Message, Rebalanced
from kit.kafka.client import PATIENCE, polled, starting
from kit.kafka.feed import KafkaFeed, Listener
from kit.kafka.producer import KafkaProducer
from kit.kafka.reading import Reading
from kit.kafka.succession import succeed


@dataclass(frozen=True)
class KafkaBus:
    """A Kafka cluster. `prefix` sets one installation's topics and groups apart from another's.

    `replica` names this process among those that share its groups: the one that is started after it under the same name
    takes its places at once.
    """

    servers: str
    prefix: str = ""
    replica: str | None = None
    session_timeout_ms: int = 30_000
    heartbeat_interval_ms: int = 3_000
    _joined: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

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

    async def feed(self, group: str, topics: Sequence[str], assigned: Rebalanced, revoked: Rebalanced) -> KafkaFeed:
        """Join a group. The range assignor gives one process the same shard of all its topics."""
        name = self.prefix + group
        if self.replica and name not in self._joined:
            # Only once: whoever joins again has no predecessor but itself.
            await succeed(self.servers, name, self.replica)
            self._joined.add(name)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.servers,
            group_id=name,
            client_id=self.replica or "punctual",
            partition_assignment_strategy=(RangePartitionAssignor,),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=500,
            session_timeout_ms=self.session_timeout_ms,
            heartbeat_interval_ms=self.heartbeat_interval_ms,
            rebalance_timeout_ms=max(60_000, self.session_timeout_ms),
            max_partition_fetch_bytes=2_000_000,
        )
        feed = KafkaFeed(consumer, self.prefix)
        consumer.subscribe([self.prefix + topic for topic in topics], listener=Listener(feed, assigned, revoked))
        async with starting(consumer, f"no broker at {self.servers}", PATIENCE * 2):
            await consumer.start()
        return feed

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on."""
        async with Reading(self.servers, self.prefix + topic) as consumer:
            await consumer.seek_to_end()
            while True:
                for message in await polled(consumer, self.prefix, 1.0):
                    yield message

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning up to the end that it has at this moment."""
        async with Reading(self.servers, self.prefix + topic) as consumer:
            places = consumer.assignment()
            ends = await consumer.end_offsets(places)
            await consumer.seek_to_beginning()
            left = {place for place in places if ends[place] > await consumer.position(place)}
            while left:
                for message in await polled(consumer, self.prefix, 1.0):
                    yield message
                left = {place for place in left if ends[place] > await consumer.position(place)}
