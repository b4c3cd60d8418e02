"""Consuming as a member of a group."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from kit.bus import BusError, Message, Place, Rebalanced
from kit.kafka.client import let_go, polled


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
        return await polled(self._consumer, self._prefix, patience)

    def assigned(self) -> set[Place]:
        """The partitions that are ours."""
        return set(self.places(self._consumer.assignment()))

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
        await let_go(self._consumer)

    def places(self, partitions: Collection[TopicPartition]) -> list[Place]:
        """The library's partitions, by their published topics."""
        return [(one.topic.removeprefix(self._prefix), one.partition) for one in partitions]

    def _there(self, place: Place) -> TopicPartition:
        return TopicPartition(self._prefix + place[0], place[1])


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Tells whom it concerns which partitions come and go, and the feed if they failed."""

    def __init__(self, feed: KafkaFeed, assigned: Rebalanced, revoked: Rebalanced) -> None:
        self._feed, self._assigned, self._revoked = feed, assigned, revoked

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """These are ours now."""
        await self._tell(self._assigned, assigned)

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """These will be another's."""
        await self._tell(self._revoked, revoked)

    async def _tell(self, then: Rebalanced, partitions: Collection[TopicPartition]) -> None:
        try:
            await then(self._feed.places(partitions))
        except Exception as error:  # the library would log it and go on
            self._feed.failed = error
