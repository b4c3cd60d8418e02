"""Stored rows and facts."""

import msgspec

from contracts import codec
from contracts.envelope import Fact, Meta, Recorded
from kit.store import Row

_META = msgspec.json.Decoder(Meta)


def fact_of(topic: str, row: Row) -> Fact:
    """The fact in a stored row; personal fields stay sealed."""
    return Recorded(
        topic=topic,
        shard=row.shard,
        shard_seq=row.shard_seq,
        stream=row.stream,
        version=row.version,
        event_id=row.event_id,
        command_id=row.command_id,
        recorded_at=row.recorded_at,
        event=codec.decode(row.type, row.schema_version, row.data),
        meta=_META.decode(row.meta),
    )
