"""Reading assigned partitions without a consumer group; offsets are committed under a group's name for monitoring."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.errors import KafkaError
from aiokafka.protocol.commit import OffsetCommitRequest

from kit.bus import Message, Place
from kit.kafka.client import Polling, answered, let_go, state_of

LAG_UNKNOWN_SECONDS = 4.0
"""Seconds without an answer about a partition after which its lag is unknown."""


class KafkaFeed:
    """A consumer with assigned partitions. aiokafka replaces the whole assignment each time.

    For aiokafka it has no group, since a group's coordinator can't handle manual assignments that change.
    """

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str, group: str) -> None:
        self._consumer = consumer
        self._prefix, self._group = prefix, group
        self._polling = Polling(consumer, prefix)
        self._hinting: asyncio.Task[None] | None = None
        consumer.assign([])  # without an assignment, poll would wait for one

    async def poll(self, wait_seconds: float) -> list[Message]:
        """The records that have come."""
        return await self._polling.poll(wait_seconds)

    def assign(self, begin: Mapping[Place, int], keep: Collection[Place]) -> None:
        """Read `begin` from these offsets, and `keep` from where it is."""
        kept = {there: self._state(there) for there in map(self._there, keep)}
        self._consumer.assign([*map(self._there, begin), *kept])
        for place, offset in begin.items():
            self._consumer.seek(self._there(place), offset)
        for there, before in kept.items():
            # A partition without a position was being reset to its beginning.
            self._consumer.seek(there, before.position if before.has_valid_position else 0)
            state = self._state(there)
            state.highwater, state.timestamp = before.highwater, before.timestamp
            if before.paused:
                self._consumer.pause(there)

    def assigned(self) -> set[Place]:
        """The partitions that we read."""
        return set(self._places(self._consumer.assignment()))

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        with suppress(KafkaError):  # no longer assigned
            self._consumer.seek(self._there(place), offset)
            self._state(self._there(place)).highwater = None  # it was that before the seek

    def pause(self, places: Collection[Place]) -> None:
        """Stop fetching these for now."""
        for place in places:
            with suppress(KafkaError):
                self._consumer.pause(self._there(place))

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        for place in places:
            with suppress(KafkaError):
                self._consumer.resume(self._there(place))

    def position(self, place: Place) -> int | None:
        """The offset of the next record to come; None: not known."""
        state = self._state(self._there(place))
        return int(state.position) if state is not None and state.has_valid_position else None

    def lag(self, place: Place) -> int | None:
        """The high watermark less the position."""
        state, position = self._state(self._there(place)), self.position(place)
        if position is None or state.highwater is None or self.is_missing(place):
            return None
        if not state.paused and not answered(state, LAG_UNKNOWN_SECONDS):
            return None
        return max(0, int(state.highwater) - position)

    def is_missing(self, place: Place) -> bool:
        """Whether the broker says that there is no such partition."""
        topic, partition = self._there(place)
        return partition not in (self._consumer.partitions_for_topic(topic) or ())

    def hint(self, offsets: dict[Place, int]) -> None:
        """Commit offsets for monitoring, in the background; skip it while the last commit is under way."""
        if offsets and (self._hinting is None or self._hinting.done()):
            self._hinting = asyncio.create_task(self._commit(offsets))

    async def _commit(self, offsets: dict[Place, int]) -> None:
        by_topic: dict[str, list[tuple[int, int, str]]] = {}
        for place, offset in offsets.items():
            there = self._there(place)
            by_topic.setdefault(there.topic, []).append((there.partition, offset, ""))
        generation, retention = OffsetCommitRequest.DEFAULT_GENERATION_ID, OffsetCommitRequest.DEFAULT_RETENTION_TIME
        request = OffsetCommitRequest(self._group, generation, "", retention, list(by_topic.items()))
        client = self._consumer._client
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(5):
                node = await client.coordinator_lookup(CoordinationType.GROUP, self._group)
                await client.send(node, request, group=ConnectionGroup.COORDINATION)

    async def close(self) -> None:
        """Stop reading."""
        if self._hinting:
            await asyncio.wait([self._hinting])
        await let_go(self._consumer)

    def _state(self, there: TopicPartition) -> Any:
        return state_of(self._consumer, there)

    def _places(self, partitions: Iterable[TopicPartition]) -> list[Place]:
        return [(one.topic.removeprefix(self._prefix), one.partition) for one in partitions]

    def _there(self, place: Place) -> TopicPartition:
        return TopicPartition(self._prefix + place[0], place[1])
