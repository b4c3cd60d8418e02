"""From stored rows to facts, and to the records that the relay sends."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts import codec, wire
from contracts.envelope import Fact, Meta, Recorded
from kit.store.values import Row

_META = msgspec.json.Decoder(Meta)


def fact_of(topic: str, row: Row) -> Fact:
    """The fact in a stored row; personal fields stay sealed."""
    return fact_from(topic, *msgspec.structs.astuple(row))


def fact_from(
    topic: str,
    shard: int,
    shard_seq: int,
    stream: str,
    version: int,
    event_id: UUID,
    command_id: UUID,
    type: str,
    schema_version: int,
    recorded_at: datetime,
    data: str,
    meta: str,
    /,
) -> Fact:
    """The same from the row's columns, in the order of EVENT_COLUMNS; it saves replay a Row for each event."""
    return Recorded(
        topic=topic,
        shard=shard,
        shard_seq=shard_seq,
        stream=stream,
        version=version,
        event_id=event_id,
        command_id=command_id,
        recorded_at=recorded_at,
        event=codec.decode(type, schema_version, data),
        meta=_META.decode(meta),
    )


def record_of(row: Row, previous: UUID | None, source: str) -> wire.Record:
    """The record to send; `previous`: the id of the event before it in its shard. Raises MalformedRecord."""
    return wire.record_of_row(
        source=source,
        shard=row.shard,
        shard_seq=row.shard_seq,
        stream=row.stream,
        version=row.version,
        event_id=row.event_id,
        command_id=row.command_id,
        type=row.type,
        schema_version=row.schema_version,
        recorded_at=row.recorded_at,
        data=row.data,
        meta=row.meta,
        previous=previous,
    )
