"""Events on Kafka: CloudEvents 1.0, Kafka binding, binary mode. The headers are the envelope, the value is the event.

Writing, from a stored row whose JSON goes out as it is:   record_of_row(row columns, source, previous) -> Record
Reading:   recorded_from(topic, partition, key, value, headers) -> (Recorded, id of the event before it in the shard)
or in two steps, to skip or park a record without decoding its event:   envelope_from(headers), then codec.decode.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contracts import attributes, codec
from contracts.attributes import read, read_optional
from contracts.base import kind_of
from contracts.envelope import Fact, Meta, Recorded
from contracts.errors import MalformedRecord

Headers = list[tuple[str, bytes]]
OpenAt = Callable[[str, int], codec.Open]
"""(stream, version) -> what opens the sealed texts of the event there."""

_META = msgspec.json.Decoder(Meta)
_TO_JSON = msgspec.json.Encoder()


class Envelope(NamedTuple):
    """The headers, read. `name`, `schema_version`: of the event type. `previous`: the event before it in the shard."""

    source: str
    shard_seq: int
    stream: str
    version: int
    event_id: UUID
    command_id: UUID
    name: str
    schema_version: int
    recorded_at: datetime
    meta: Meta
    previous: UUID | None


class Record(NamedTuple):
    """What the relay hands to the producer."""

    partition: int
    key: bytes
    value: bytes
    headers: Headers


def record_of_row(
    *,
    source: str,
    shard: int,
    shard_seq: int,
    stream: str,
    version: int,
    event_id: UUID,
    command_id: UUID,
    type: str,
    schema_version: int,
    recorded_at: datetime,
    data: str | bytes,
    meta: str | bytes | Mapping[str, Any],
    previous: UUID | None,
) -> Record:
    """The record of a stored event, its JSON untouched. `previous`: the event_id at shard_seq - 1, None for the first.

    Raises MalformedRecord if `meta` is not a Meta.
    """
    try:
        made = _META.decode(meta) if isinstance(meta, str | bytes) else msgspec.convert(meta, Meta)
    except ValueError as error:
        raise MalformedRecord("meta", str(error)) from error
    envelope = Envelope(
        source, shard_seq, stream, version, event_id, command_id, type, schema_version, recorded_at, made, previous
    )
    value = data.encode() if isinstance(data, str) else data
    return Record(shard, stream.encode(), value, headers_of(envelope))


def headers(recorded: Fact, source: str, previous: UUID | None) -> Headers:
    """The headers of a fact. `source` names the service that recorded it, as in `/punctual/intake`."""
    kind = kind_of(recorded.event)
    return headers_of(
        Envelope(
            source=source,
            shard_seq=recorded.shard_seq,
            stream=recorded.stream,
            version=recorded.version,
            event_id=recorded.event_id,
            command_id=recorded.command_id,
            name=kind.name,
            schema_version=kind.version,
            recorded_at=recorded.recorded_at,
            meta=recorded.meta,
            previous=previous,
        )
    )


def headers_of(envelope: Envelope) -> Headers:
    """The envelope as Kafka headers."""
    meta = envelope.meta
    found = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(envelope.event_id).encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", f"punctual.{envelope.name}.v{envelope.schema_version}".encode()),
        ("ce_time", attributes.time(envelope.recorded_at)),
        ("ce_subject", envelope.stream.encode()),
        ("content-type", b"application/json"),
        ("ce_shardseq", str(envelope.shard_seq).encode()),
        ("ce_sequence", str(envelope.version).encode()),
        ("ce_commandid", str(envelope.command_id).encode()),
        ("ce_actor", meta.actor.encode()),
        ("ce_role", meta.role.encode()),
    ]
    if envelope.previous is not None:
        found.append(("ce_previous", str(envelope.previous).encode()))
    if meta.seen:
        found.append(("ce_seen", _TO_JSON.encode(meta.seen)))
    if meta.traceparent is not None:
        found.append(("ce_traceparent", meta.traceparent.encode()))
    if meta.alarms is not None:
        found.append(("ce_alarms", _TO_JSON.encode(meta.alarms)))
    if meta.occurred_at is not None:
        found.append(("ce_occurredat", attributes.time(meta.occurred_at)))
    if meta.cause is not None:
        found.append(("ce_cause", attributes.written(meta.cause)))
    return found


def envelope_from(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope in the headers. Raises MalformedRecord naming the header that is missing or malformed."""
    given = dict(headers)
    read(given, "ce_specversion", attributes.spec_version)
    read(given, "content-type", attributes.json_type)
    name, schema_version = read(given, "ce_type", attributes.event_type)
    meta = Meta(
        actor=read(given, "ce_actor", attributes.word),
        role=read(given, "ce_role", attributes.word),
        traceparent=read_optional(given, "ce_traceparent", attributes.word),
        seen=read_optional(given, "ce_seen", attributes.seen) or {},
        occurred_at=read_optional(given, "ce_occurredat", attributes.instant),
        cause=read_optional(given, "ce_cause", attributes.cause),
        alarms=read_optional(given, "ce_alarms", attributes.alarms),
    )
    return Envelope(
        source=read(given, "ce_source", attributes.word),
        shard_seq=read(given, "ce_shardseq", attributes.count),
        stream=read(given, "ce_subject", attributes.word),
        version=read(given, "ce_sequence", attributes.count),
        event_id=read(given, "ce_id", UUID),
        command_id=read(given, "ce_commandid", UUID),
        name=name,
        schema_version=schema_version,
        recorded_at=read(given, "ce_time", attributes.instant),
        meta=meta,
        previous=read_optional(given, "ce_previous", UUID),
    )


def recorded_from(
    topic: str,
    partition: int,
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[tuple[str, bytes]],
    open: OpenAt | None = None,
) -> tuple[Fact, UUID | None]:
    """The fact in a record, and the event_id before it in the shard.

    Raises MalformedRecord for the envelope; UnknownEvent, MalformedEvent for the event in it.
    """
    envelope = envelope_from(headers)
    if key != envelope.stream.encode():
        raise MalformedRecord("key", f"is {key!r}, but ce_subject is {envelope.stream!r}")
    if value is None:
        raise MalformedRecord("value", "is empty: events are never deleted")
    opener = open(envelope.stream, envelope.version) if open is not None else None
    fact = Recorded(
        topic=topic,
        shard=partition,
        shard_seq=envelope.shard_seq,
        stream=envelope.stream,
        version=envelope.version,
        event_id=envelope.event_id,
        command_id=envelope.command_id,
        recorded_at=envelope.recorded_at,
        event=codec.decode(envelope.name, envelope.schema_version, value, open=opener),
        meta=envelope.meta,
    )
    return fact, envelope.previous
