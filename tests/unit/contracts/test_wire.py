"""An event's way over Kafka: the headers are its envelope, the value is its JSON."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.unit.contracts.facts import FACTS

from contracts import codec, wire
from contracts.base import kind_of
from contracts.causes import Cause
from contracts.envelope import Fact, Meta, Recorded
from contracts.errors import MalformedEvent, MalformedRecord, UnknownEvent
from contracts.feedback import SurveyAnswered

SOURCE = "/punctual/feedback"
ANSWERED = SurveyAnswered(ticket_id=UUID(int=1), survey_id=UUID(int=2), subject_id=UUID(int=3), rating=4, comment="hm")
FACT: Fact = Recorded(
    topic="punctual.feedback.v1",
    shard=9,
    shard_seq=12,
    stream="survey-00000000-0000-0000-0000-000000000001-1",
    version=2,
    event_id=UUID(int=5),
    command_id=UUID(int=6),
    recorded_at=datetime(2026, 11, 23, 14, tzinfo=UTC),
    event=ANSWERED,
    meta=Meta(
        actor="req-1",
        role="requester",
        traceparent="00-ab-cd-01",
        seen={"punctual.tickets.v1": 40},
        cause=Cause("punctual.tickets.v1", str(UUID(int=7))),
    ),
)
HEADERS = dict(wire.headers(FACT, SOURCE, UUID(int=4)))
VALUE = codec.encode(ANSWERED, seal=None)
KEY = FACT.stream.encode()


def received(headers: dict[str, Any], value: bytes | None = VALUE, key: bytes | None = KEY) -> tuple[Fact, UUID | None]:
    return wire.recorded_from(FACT.topic, FACT.shard, key, value, list(headers.items()))


@given(fact=FACTS, previous=st.none() | st.uuids())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_fact_arrives_as_it_was_sent(fact: Fact, previous: UUID | None) -> None:
    headers = wire.headers(fact, SOURCE, previous)
    value = codec.encode(fact.event, seal=None)
    arrived = wire.recorded_from(fact.topic, fact.shard, fact.stream.encode(), value, headers)
    assert arrived == (fact, previous)
    assert wire.headers_of(wire.envelope_from(headers)) == headers


@given(fact=FACTS, previous=st.none() | st.uuids())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_relay_sends_rows_as_they_are_stored(fact: Fact, previous: UUID | None) -> None:
    data, kind = codec.encode(fact.event, seal=None).decode(), kind_of(fact.event)
    for meta in (msgspec.json.encode(fact.meta).decode(), msgspec.to_builtins(fact.meta)):
        record = wire.record_of_row(
            source=SOURCE,
            shard=fact.shard,
            shard_seq=fact.shard_seq,
            stream=fact.stream,
            version=fact.version,
            event_id=fact.event_id,
            command_id=fact.command_id,
            type=kind.name,
            schema_version=kind.version,
            recorded_at=fact.recorded_at,
            data=data,
            meta=meta,
            previous=previous,
        )
        assert record == (fact.shard, fact.stream.encode(), data.encode(), wire.headers(fact, SOURCE, previous))


def test_the_headers_are_those_of_cloudevents() -> None:
    assert HEADERS == {
        "ce_specversion": b"1.0",
        "ce_id": b"00000000-0000-0000-0000-000000000005",
        "ce_source": b"/punctual/feedback",
        "ce_type": b"punctual.survey.answered.v1",
        "ce_time": b"2026-11-23T14:00:00.000000Z",
        "ce_subject": b"survey-00000000-0000-0000-0000-000000000001-1",
        "content-type": b"application/json",
        "ce_shardseq": b"12",
        "ce_sequence": b"2",
        "ce_commandid": b"00000000-0000-0000-0000-000000000006",
        "ce_previous": b"00000000-0000-0000-0000-000000000004",
        "ce_actor": b"req-1",
        "ce_role": b"requester",
        "ce_seen": b'{"punctual.tickets.v1":40}',
        "ce_traceparent": b"00-ab-cd-01",
        "ce_cause": b"punctual.tickets.v1/00000000-0000-0000-0000-000000000007",
    }


def test_only_an_imported_fact_says_when_it_occurred() -> None:
    fact = structs.replace(FACT, meta=replace(FACT.meta, occurred_at=datetime(2016, 2, 29, 8, tzinfo=UTC)))
    assert dict(wire.headers(fact, SOURCE, None))["ce_occurredat"] == b"2016-02-29T08:00:00.000000Z"


def test_an_event_from_before_causes_were_named_has_none() -> None:
    fact, _ = received({name: value for name, value in HEADERS.items() if name != "ce_cause"})
    assert fact.meta.cause is None


@pytest.mark.parametrize("said", [b"request/5e2c", b"mail/9f86d081", b"terminal/v3", b"of-a-later-kind/anything!"])
def test_what_is_no_fact_may_be_a_cause_of_any_kind(said: bytes) -> None:
    fact, _ = received(HEADERS | {"ce_cause": said})
    assert fact.meta.cause
    assert (fact.meta.cause.event_id, dict(wire.headers(fact, SOURCE, None))["ce_cause"]) == (None, said)


def test_a_time_of_another_zone_is_sent_in_utc() -> None:
    fact = structs.replace(FACT, recorded_at=datetime(2026, 11, 23, 9, tzinfo=timezone(-timedelta(hours=5))))
    assert dict(wire.headers(fact, SOURCE, None))["ce_time"] == b"2026-11-23T14:00:00.000000Z"


def test_a_time_without_a_zone_is_not_sent() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        wire.headers(structs.replace(FACT, recorded_at=datetime(2026, 11, 23)), SOURCE, None)  # noqa: DTZ001


@pytest.mark.parametrize("name", sorted(HEADERS.keys() - {"ce_previous", "ce_seen", "ce_traceparent", "ce_cause"}))
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(MalformedRecord, match=f"^{name}: is missing"):
        received({key: value for key, value in HEADERS.items() if key != name})


@pytest.mark.parametrize("name", sorted({*HEADERS, "ce_occurredat"}))
@pytest.mark.parametrize("value", [b"", b"\xff", None])
def test_a_header_that_makes_no_sense_is_named(name: str, value: bytes | None) -> None:
    with pytest.raises(MalformedRecord) as refused:
        received(HEADERS | {name: value})
    assert refused.value.part == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("content-type", b"application/xml"),
        ("ce_type", b"punctual.survey.answered"),
        ("ce_type", b"com.example.survey.v1"),
        ("ce_type", b"punctual.survey.answered.v0"),
        ("ce_time", b"2026-11-23T14:00:00"),
        ("ce_time", b"2026-11-23T14:00:60Z"),
        ("ce_time", b"20261123T140000Z"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
        ("ce_shardseq", b"0"),
        ("ce_shardseq", b"1_0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"9" * 5000),
        ("ce_previous", b"none"),
        ("ce_seen", b'{"punctual.tickets.v1":-1}'),
        ("ce_seen", b"[" * 100_000),
        ("ce_cause", b"punctual.tickets.v1"),
        ("ce_cause", b"punctual.tickets.v1/5"),
        ("ce_cause", b"punctual.tickets.v1/0000000000000000000000000000000A"),
        ("ce_cause", b"request/"),
        ("ce_cause", b"Mail/a b"),
    ],
)
def test_a_damaged_header_is_named(name: str, value: bytes) -> None:
    with pytest.raises(MalformedRecord, match=f"^{name}: .*makes no sense") as refused:
        received(HEADERS | {name: value})
    assert refused.value.part == name


def test_a_charset_in_the_content_type_is_fine() -> None:
    assert received(HEADERS | {"content-type": b"Application/JSON; charset=utf-8"}) == (FACT, UUID(int=4))


def test_headers_of_others_are_ignored() -> None:
    assert received(HEADERS | {"ce_colour": b"red", "traceparent": b"x"}) == (FACT, UUID(int=4))


def test_a_key_that_is_not_the_stream_is_refused() -> None:
    for key in (None, b"ticket-1"):
        with pytest.raises(MalformedRecord, match=r"^key: is "):
            received(HEADERS, key=key)


def test_an_empty_value_is_refused() -> None:
    with pytest.raises(MalformedRecord, match=r"^value: is empty"):
        received(HEADERS, value=None)


def test_an_event_nobody_understands_still_has_a_readable_envelope() -> None:
    strange = HEADERS | {"ce_type": b"punctual.survey.eaten.v3"}
    with pytest.raises(UnknownEvent):
        received(strange)
    with pytest.raises(MalformedEvent):
        received(HEADERS, value=b"\x00")
    assert wire.envelope_from(strange.items()).stream == FACT.stream


def test_meta_that_is_none_is_refused_by_the_relay() -> None:
    for meta in ("{", {"actor": 1}):
        with pytest.raises(MalformedRecord, match=r"^meta: "):
            wire.record_of_row(
                source=SOURCE,
                shard=9,
                shard_seq=1,
                stream="s",
                version=1,
                event_id=UUID(int=5),
                command_id=UUID(int=6),
                type="survey.answered",
                schema_version=1,
                recorded_at=FACT.recorded_at,
                data=VALUE,
                meta=meta,
                previous=None,
            )


def test_sealed_texts_are_opened_for_their_place() -> None:
    def open_at(stream: str, version: int) -> codec.Open:
        return lambda subject, field, sealed: f"{stream} {version} {subject.int} {field} {sealed}"

    value = codec.encode(ANSWERED, seal=lambda subject, field, text: "sealed:v1:hm")
    fact, _ = wire.recorded_from(FACT.topic, FACT.shard, KEY, value, HEADERS.items(), open_at)
    assert fact.event.comment == f"{FACT.stream} 2 3 comment sealed:v1:hm"
