"""The log, read from Kafka alone: each event once and in order, whatever the relay sent twice or out of turn."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts import attributes
from contracts.envelope import Fact
from contracts.errors import MalformedRecord
from contracts.names import SHARDS, TICKETS, shard_of
from contracts.tickets import TicketOpened
from contracts.wire import recorded_from


@dataclass(frozen=True, slots=True)
class Broker:
    """Where Kafka is: bootstrap servers, and what is put before each topic's name."""

    servers: str
    prefix: str = ""


class TopicEndsEarly(Exception):
    """A topic lacks records: the relay is behind, or records are gone."""


class ChainBroken(Exception):
    """A record doesn't follow on the one before it: one of the two belongs to another history."""


@dataclass(slots=True)
class Shard:
    """How far a shard was read. `beyond`: the highest number that came, also if records before it are missing."""

    seq: int = 0
    event_id: UUID | None = None
    beyond: int = 0

    def take(self, topic: str, record: Any, upto: int | None) -> Fact | None:
        """The record's fact if it is the next one, otherwise None. The relay sends again what came too early."""
        try:
            seq = attributes.read(dict(record.headers), "ce_shardseq", attributes.count)
        except MalformedRecord:
            return None  # no event of ours
        if seq != self.seq + 1 or (upto is not None and seq > upto):
            self.beyond = max(self.beyond, seq)
            return None
        fact, previous = recorded_from(topic, record.partition, record.key, record.value, record.headers)
        if previous != self.event_id:
            raise ChainBroken(f"{topic}, shard {record.partition}: event {seq} follows {previous}, not {self.event_id}")
        self.seq, self.event_id = seq, fact.event_id
        return fact


async def from_kafka(
    broker: Broker,
    topic: str,
    upto: Mapping[int, int] | None = None,
    *,
    shards: Sequence[int] = range(SHARDS),
    timeout_seconds: float = 10.0,
) -> AsyncGenerator[list[Fact], None]:
    """The facts of a topic, each shard in order: up to those events, or, if None, to the topic's present end.

    Raises TopicEndsEarly if what is missing doesn't come within `timeout_seconds`; ChainBroken.
    """
    read = {shard: Shard() for shard in shards}
    consumer: Any = AIOKafkaConsumer(
        bootstrap_servers=broker.servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        places = [TopicPartition(broker.prefix + topic, shard) for shard in shards]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        quiet_since = asyncio.get_running_loop().time()
        while _short(read, upto) or (upto is None and not await _at(consumer, ends)):
            batch = await consumer.getmany(timeout_ms=200)
            facts = [
                fact
                for place, records in batch.items()
                for record in records
                if (fact := read[place.partition].take(topic, record, _wanted(upto, place.partition)))
            ]
            if facts:
                yield facts
            now = asyncio.get_running_loop().time()
            if batch:
                quiet_since = now
            elif now - quiet_since > timeout_seconds and await _at(consumer, ends):
                raise TopicEndsEarly(f"{topic}: of shards (there, wanted) {_short(read, upto)}")
    finally:
        await consumer.stop()


def _wanted(upto: Mapping[int, int] | None, shard: int) -> int | None:
    return None if upto is None else upto.get(shard, 0)


def _short(read: Mapping[int, Shard], upto: Mapping[int, int] | None) -> dict[int, tuple[int, int]]:
    """The shards in which something is still missing: how far each was read, and how far it goes."""
    wanted = {shard: one.beyond for shard, one in read.items()} if upto is None else upto
    return {shard: (read[shard].seq, seq) for shard, seq in wanted.items() if read[shard].seq < seq}


async def _at(consumer: Any, ends: Mapping[TopicPartition, int]) -> bool:
    return all([await consumer.position(place) >= end for place, end in ends.items()])


async def of_ticket(broker: Broker, topic: str, ticket: UUID) -> list[Fact]:
    """A topic's facts about a ticket, in order."""
    batches = from_kafka(broker, topic, shards=[shard_of(ticket)])
    return [fact async for facts in batches for fact in facts if f"-{ticket}" in fact.stream]


async def numbered(broker: Broker, number: str) -> UUID | None:
    """The ticket of that number, from all that was ever opened."""
    async with aclosing(from_kafka(broker, TICKETS)) as batches:
        async for facts in batches:
            for fact in facts:
                if isinstance(fact.event, TicketOpened) and fact.event.number == number:
                    return fact.event.ticket_id
    return None
