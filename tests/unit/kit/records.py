"""Records of one or more topics in one shard, as pure values."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from contracts import wire
from contracts.envelope import Meta
from kit.bus import Message
from kit.consume.inbox import Incoming, read

TICKET = UUID("00000000-0000-7000-8000-000000000001")
SHARD = 7


def event_id(topic: str, seq: int) -> UUID:
    return UUID(int=(sum(topic.encode()) << 32) + seq)


def message(
    topic: str, seq: int, *, offset: int = 0, previous: UUID | None = None, seen: dict[str, int] | None = None
) -> Message:
    envelope = wire.Envelope(
        source="/punctual/test",
        shard_seq=seq,
        stream=f"ticket-{TICKET}",
        version=seq,
        event_id=event_id(topic, seq),
        command_id=UUID(int=1),
        name="escalation.acknowledged",
        schema_version=1,
        recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
        meta=Meta(actor="somebody", role="service", seen=seen or {}),
        previous=previous or (event_id(topic, seq - 1) if seq > 1 else None),
    )
    return Message(topic, SHARD, offset, envelope.stream.encode(), b"{}", wire.headers_of(envelope))


def incoming(topic: str, seq: int, **more: object) -> Incoming:
    return read(message(topic, seq, **more))  # type: ignore[arg-type]


def seqs(batch: Sequence[Incoming], topic: str) -> list[int]:
    return [one.envelope.shard_seq for one in batch if one.place[0] == topic]
