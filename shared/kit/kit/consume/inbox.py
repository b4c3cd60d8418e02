"""What to do with the next record of a topic's shard. Pure, so that every interleaving can be tested."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from contracts import codec, wire
from contracts.envelope import Fact, Recorded
from contracts.errors import MalformedRecord
from contracts.wire import Envelope
from kit.bus import Message, Place
from kit.store.values import Cursor


class Judgement(Enum):
    """What to do with a record."""

    NEXT = auto()
    DUPLICATE = auto()
    HOLE = auto()
    """A record before it is missing. Skip it: the relay will send both again."""
    BROKEN = auto()
    """It follows on an event that was never here: the sender's database went back in time. Stop the shard."""
    EARLY = auto()
    """Its cause, on another topic, has not come yet. Hold it back."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record with its envelope."""

    message: Message
    envelope: Envelope

    @property
    def place(self) -> Place:
        """Its topic and shard."""
        return self.message.topic, self.message.partition

    @property
    def identity(self) -> UUID:
        """The ticket or account that it is about: the UUID in its stream's name."""
        return identity_of(self.envelope.stream)

    @property
    def after(self) -> Cursor:
        """The cursor after this record is applied."""
        return Cursor(self.envelope.shard_seq, self.envelope.event_id, self.message.offset + 1)

    def fact(self) -> Fact:
        """The fact. Raises UnknownEvent, MalformedEvent."""
        envelope, message = self.envelope, self.message
        return Recorded(
            topic=message.topic,
            shard=message.partition,
            shard_seq=envelope.shard_seq,
            stream=envelope.stream,
            version=envelope.version,
            event_id=envelope.event_id,
            command_id=envelope.command_id,
            recorded_at=envelope.recorded_at,
            event=codec.decode(envelope.name, envelope.schema_version, message.value or b""),
            meta=envelope.meta,
        )


def identity_of(stream: str) -> UUID:
    """The UUID in a stream's name; a policy stream's is nil."""
    rest = stream.partition("-")[2][:36]
    return UUID(rest) if len(rest) == 36 else UUID(int=0)


def read(message: Message) -> Incoming:
    """A record with its envelope. Raises MalformedRecord or ValueError if it is no event of ours."""
    envelope = wire.envelope_from(message.headers)
    if message.key != envelope.stream.encode():
        raise MalformedRecord("key", f"is {message.key!r}, but ce_subject is {envelope.stream!r}")
    identity_of(envelope.stream)
    return Incoming(message, envelope)


def judge(incoming: Incoming, cursors: Mapping[Place, Cursor], topics: Iterable[str]) -> Judgement:
    """What to do with a record, given the cursors of all `topics`."""
    envelope, cursor = incoming.envelope, cursors.get(incoming.place, Cursor())
    if envelope.shard_seq <= cursor.seq:
        return Judgement.DUPLICATE
    if envelope.shard_seq > cursor.seq + 1:
        return Judgement.HOLE
    if cursor.seq and envelope.previous != cursor.event_id:
        return Judgement.BROKEN
    shard = incoming.message.partition
    for topic in topics:
        if (
            topic != incoming.message.topic
            and envelope.meta.seen.get(topic, 0) > cursors.get((topic, shard), Cursor()).seq
        ):
            return Judgement.EARLY
    return Judgement.NEXT


def seen_by(batch: Iterable[Incoming]) -> list[tuple[int, str, int]]:
    """The highest numbers seen after the batch, directly or through others, as (shard, topic, number)."""
    seen: dict[tuple[int, str], int] = {}
    for one in batch:
        topic, shard = one.place
        for heard, seq in (one.envelope.meta.seen | {topic: one.envelope.shard_seq}).items():
            seen[shard, heard] = max(seq, seen.get((shard, heard), 0))
    return [(shard, topic, seq) for (shard, topic), seq in seen.items()]
