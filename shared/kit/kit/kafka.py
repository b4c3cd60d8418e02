"""The real bus: Apache Kafka through aiokafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import InvalidTimestampError, KafkaError, MessageSizeTooLargeError

from kit.bus import BusError, Headers, Message, Place, Rebalanced, Unsendable

PATIENCE = 20.0
_REFUSED = (MessageSizeTooLargeError, InvalidTimestampError)


@dataclass(frozen=True)
class KafkaBus:
    """A Kafka cluster. `prefix` sets one installation's topics and groups apart from another's."""

    servers: str
    prefix: str = ""
    session_timeout_ms: int = 30_000
    heartbeat_interval_ms: int = 3_000

    async def producer(self) -> "KafkaProducer":
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
        async with _starting(producer, f"no broker at {self.servers}"):
            await producer.start()
        return KafkaProducer(producer, self.prefix)

    async def feed(self, group: str, topics: Sequence[str], assigned: Rebalanced, revoked: Rebalanced) -> "KafkaFeed":
        """Join a group. The range assignor gives one process the same shard of all its topics."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.servers,
            group_id=self.prefix + group,
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
        consumer.subscribe([self.prefix + topic for topic in topics], listener=_Listener(feed, assigned, revoked))
        async with _starting(consumer, f"no broker at {self.servers}", PATIENCE * 2):
            await consumer.start()
        return feed

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on."""
        async with _Reading(self, topic) as consumer:
            await consumer.seek_to_end()
            while True:
                for message in await _poll(consumer, 1.0):
                    yield _stripped(message, self.prefix)

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning up to the end that it has at this moment."""
        async with _Reading(self, topic) as consumer:
            places = consumer.assignment()
            ends = await consumer.end_offsets(places)
            await consumer.seek_to_beginning()
            left = {place for place in places if ends[place] > await consumer.position(place)}
            while left:
                for message in await _poll(consumer, 1.0):
                    yield _stripped(message, self.prefix)
                left = {place for place in left if ends[place] > await consumer.position(place)}


class KafkaProducer:
    """One producer; after an error it is of no more use (aiokafka leaves a gap in its sequence numbers)."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str) -> None:
        self._producer = producer
        self._prefix = prefix

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[object]:
        """Queue a record."""
        try:
            async with asyncio.timeout(PATIENCE):
                sent = await self._producer.send(
                    self._prefix + topic, value=value, key=key, partition=partition, headers=list(headers)
                )
        except _REFUSED as error:
            raise Unsendable(f"{topic}/{partition}: {error!r}") from error
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusError(f"{topic}/{partition}: {error!r}") from error
        return _acknowledged(sent, f"{topic}/{partition}")

    async def close(self) -> None:
        """Let go."""
        await _let_go(self._producer)


class KafkaFeed:
    """A member of a consumer group. `failed` is set by the listener: the library only logs its exceptions."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self.failed: BaseException | None = None

    async def poll(self, patience: float) -> list[Message]:
        """What has come."""
        if self.failed:
            raise BusError(f"taking over partitions failed: {self.failed!r}") from self.failed
        return [_stripped(message, self._prefix) for message in await _poll(self._consumer, patience)]

    def assigned(self) -> set[Place]:
        """The partitions that are ours."""
        return {(place.topic.removeprefix(self._prefix), place.partition) for place in self._consumer.assignment()}

    def seek(self, place: Place, offset: int) -> None:
        """Go on from there."""
        with suppress(KafkaError):  # no longer ours: then somebody else seeks
            self._consumer.seek(self._there(place), offset)

    def pause(self, places: Collection[Place]) -> None:
        """Fetch nothing of these for now."""
        for place in places:
            with suppress(KafkaError):  # no longer ours
                self._consumer.pause(self._there(place))

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        for place in places:
            with suppress(KafkaError):
                self._consumer.resume(self._there(place))

    def lag(self, place: Place) -> int | None:
        """The high watermark less the position."""
        there = self._there(place)
        try:
            end = self._consumer.highwater(there)
            state = self._consumer._subscription.subscription.assignment.state_value(there)
        except (KafkaError, AssertionError, AttributeError):
            return None
        if end is None or state is None or not state.has_valid_position:
            return None
        return max(0, int(end) - int(state.position))

    async def hint(self, offsets: dict[Place, int]) -> None:
        """Commit offsets, for onlookers."""
        if not offsets:  # the library refuses an empty commit
            return
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(5):
                await self._consumer.commit({self._there(place): offset for place, offset in offsets.items()})

    async def close(self) -> None:
        """Leave the group."""
        await _let_go(self._consumer)

    def _there(self, place: Place) -> TopicPartition:
        return TopicPartition(self._prefix + place[0], place[1])


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    def __init__(self, feed: KafkaFeed, assigned: Rebalanced, revoked: Rebalanced) -> None:
        self._feed, self._assigned, self._revoked = feed, assigned, revoked

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._tell(self._assigned, assigned)

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._tell(self._revoked, revoked)

    async def _tell(self, then: Rebalanced, places: Collection[TopicPartition]) -> None:
        prefix = self._feed._prefix
        try:
            await then([(place.topic.removeprefix(prefix), place.partition) for place in places])
        except Exception as error:  # the library would log it and go on
            self._feed.failed = error


class _Reading:
    """A consumer outside any group, assigned all partitions of a topic."""

    def __init__(self, bus: KafkaBus, topic: str) -> None:
        self._bus, self._topic = bus, bus.prefix + topic

    async def __aenter__(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bus.servers, auto_offset_reset="earliest")
        async with _starting(self._consumer, self._topic):
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
        await _let_go(self._consumer)


async def _poll(consumer: AIOKafkaConsumer, patience: float) -> list[Message]:
    try:
        async with asyncio.timeout(patience + PATIENCE):
            found = await consumer.getmany(timeout_ms=int(patience * 1000))
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"no records: {error!r}") from error
    return [
        Message(one.topic, one.partition, one.offset, one.key, one.value, one.headers)
        for records in found.values()
        for one in records
    ]


def _stripped(message: Message, prefix: str) -> Message:
    if not prefix:
        return message
    topic = message.topic.removeprefix(prefix)
    return Message(topic, message.partition, message.offset, message.key, message.value, message.headers)


async def _acknowledged(sent: "asyncio.Future[object]", place: str) -> object:
    try:
        async with asyncio.timeout(PATIENCE):
            return await sent
    except _REFUSED as error:
        raise Unsendable(f"{place}: {error!r}") from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"{place}: {error!r}") from error


@asynccontextmanager
async def _starting(
    client: AIOKafkaProducer | AIOKafkaConsumer, what: str, patience: float = PATIENCE
) -> AsyncIterator[None]:
    """A client that doesn't start, or whose start is cancelled, is let go."""
    try:
        async with asyncio.timeout(patience):
            yield
    except BaseException as error:
        await _let_go(client)
        if isinstance(error, KafkaError | OSError | TimeoutError):
            raise BusError(f"{what}: {error!r}") from error
        raise


async def _let_go(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(5):
            await client.stop()
