"""Any event survives its JSON; what no reader could decode is never written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.contracts.facts import EVENTS

from contracts import codec
from contracts.base import ERASED, kind_of
from contracts.errors import MalformedEvent, UnknownEvent
from contracts.feedback import SurveyAnswered
from contracts.notifications import NotificationRequested
from contracts.sla import AlarmSet, ClockStarted, Threshold, Versions

ID = UUID(int=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANSWERED = SurveyAnswered(ticket_id=ID, survey_id=ID, subject_id=UUID(int=7), rating=4, comment="quick")
REQUESTED = NotificationRequested(
    ticket_id=ID,
    notification_id=ID,
    template="answer",
    cause=ID,
    number="P-1042",
    automatic=None,
    subject_id=UUID(int=7),
    email="ann@acme.example",
)
ALARM = AlarmSet(ticket_id=ID, alarm="review", due_at=NOON)


def mark(subject: UUID, field: str, text: str) -> str:
    return f"sealed:v1:{subject}/{field}/{text}"


def unmark(subject: UUID, field: str, sealed: str) -> str:
    return sealed.removeprefix(f"sealed:v1:{subject}/{field}/")


def fields_of(data: bytes) -> dict[str, Any]:
    return msgspec.json.decode(data, type=dict[str, Any])


@given(event=EVENTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_event_survives_its_json(event: Any) -> None:
    kind = kind_of(event)
    data = codec.encode(event, seal=None)
    assert codec.decode(kind.name, kind.version, data) == event
    assert codec.decode(kind.name, kind.version, data.decode()) == event


@given(event=EVENTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_event_survives_sealing_and_opening(event: Any) -> None:
    kind = kind_of(event)
    data = codec.encode(event, seal=mark)
    assert codec.decode(kind.name, kind.version, data, open=unmark) == event
    for field in kind.personal:
        written = fields_of(data)[field]
        assert written is None or written.startswith("sealed:v1:")


def test_sealing_leaves_the_event_of_the_caller_alone() -> None:
    codec.encode(ANSWERED, seal=mark)
    assert ANSWERED.comment == "quick"


def test_without_a_key_ring_personal_fields_stay_sealed() -> None:
    data = codec.encode(ANSWERED, seal=mark)
    assert codec.decode("survey.answered", 1, data) == replace(ANSWERED, comment=mark(UUID(int=7), "comment", "quick"))


def test_once_the_key_is_gone_the_words_are_erased_and_the_facts_stay() -> None:
    data = codec.encode(ANSWERED, seal=mark)
    read = codec.decode("survey.answered", 1, data, open=lambda subject, field, sealed: ERASED)
    assert read == replace(ANSWERED, comment="erased")


def test_a_text_that_was_never_sealed_passes_through() -> None:
    data = codec.encode(ANSWERED, seal=None)
    assert codec.decode("survey.answered", 1, data, open=lambda *_: pytest.fail("nothing to open")) == ANSWERED


def test_what_a_requester_writes_is_sealed_even_if_it_looks_sealed() -> None:
    joker = replace(ANSWERED, comment="sealed:v1:AAAA")
    data = codec.encode(joker, seal=mark)
    assert codec.decode("survey.answered", 1, data, open=unmark) == joker


@pytest.mark.parametrize("email", ["", "ann@acme.example"])
def test_a_personal_text_about_nobody_is_refused(email: str) -> None:
    with pytest.raises(MalformedEvent, match="email: is personal, but subject_id is empty"):
        codec.encode(replace(REQUESTED, subject_id=None, email=email), seal=None)


def test_what_is_said_to_a_role_is_about_nobody() -> None:
    to_a_role = replace(REQUESTED, subject_id=None, email=None, role="engineer")
    data = codec.encode(to_a_role, seal=mark)
    assert codec.decode("notification.requested", 1, data, open=unmark) == to_a_role


def test_a_sealed_text_about_nobody_is_malformed() -> None:
    written = fields_of(codec.encode(REQUESTED, seal=mark))
    data = msgspec.json.encode(written | {"subject_id": None})
    with pytest.raises(MalformedEvent, match="email: is sealed, but subject_id is empty"):
        codec.decode("notification.requested", 1, data, open=unmark)


def test_fields_of_a_newer_writer_are_ignored() -> None:
    data = codec.encode(ALARM, seal=None).replace(b'{"', b'{"mood":{"deep":[1]},"', 1)
    assert codec.decode("alarm.set", 1, data) == ALARM


@pytest.mark.parametrize(("name", "version"), [("ticket.eaten", 1), ("alarm.set", 2), ("alarm.set", 0)])
def test_an_unknown_type_or_version_is_named(name: str, version: int) -> None:
    with pytest.raises(UnknownEvent, match=f"no event {name} v{version} is known here"):
        codec.decode(name, version, b"{}")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ('{"alarm":"a","due_at":"2026-11-23T12:00:00Z"}', "ticket_id"),
        ('{"ticket_id":"x","alarm":"a","due_at":"2026-11-23T12:00:00Z"}', "ticket_id"),
        ('{"ticket_id":"00000000-0000-0000-0000-000000000001","alarm":"a","due_at":"2026-11-23T12:00:00"}', "due_at"),
        ('{"ticket_id":"00000000-0000-0000-0000-000000000001","alarm":3}', "alarm"),
        ("[]", None),
        ("", None),
        ("{", None),
        ("\udcff", None),
        (b"\xff", None),
    ],
)
def test_a_malformed_event_names_the_field(data: Any, field: str | None) -> None:
    with pytest.raises(MalformedEvent) as refused:
        codec.decode("alarm.set", 1, data)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"alarm.set v1: {field or 'the value'}: ")


def test_a_field_deep_inside_is_named_by_its_path() -> None:
    data = codec.encode(CLOCK, seal=None).replace(b'"percent":50', b'"percent":"half"')
    with pytest.raises(MalformedEvent, match=r"warnings\[0\]\.percent: Expected `int`, got `str`"):
        codec.decode("clock.started", 1, data)


@given(data=st.binary(max_size=60))
def test_whatever_the_bytes_it_is_malformed_never_worse(data: bytes) -> None:
    with pytest.raises(MalformedEvent):
        codec.decode("alarm.set", 1, data)


CLOCK = ClockStarted(
    ticket_id=ID,
    metric="response",
    severity=1,
    tier="patrol",
    calendar="always",
    received_at=NOON,
    started_at=NOON,
    target=timedelta(hours=1),
    due_at=NOON + timedelta(hours=1),
    warnings=(Threshold(percent=50, at=NOON + timedelta(minutes=30)),),
    versions=Versions(policy="p", calendar="c", tzdata="2026f"),
)
LOCAL = NOON.astimezone(ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (replace(ALARM, due_at=LOCAL), "due_at"),
        (replace(ALARM, due_at=NOON.replace(tzinfo=None)), "due_at"),
        (replace(CLOCK, started_at=LOCAL), "started_at"),
        (replace(CLOCK, warnings=(Threshold(percent=50, at=LOCAL),)), "warnings"),
    ],
)
def test_only_instants_in_utc_are_written(event: object, field: str) -> None:
    with pytest.raises(MalformedEvent, match=f"{field}: is not an instant in UTC"):
        codec.encode(event, seal=None)


@pytest.mark.parametrize(
    "event",
    [
        replace(CLOCK, severity=5),  # type: ignore[arg-type]
        replace(CLOCK, due_at="soon"),  # type: ignore[arg-type]
        replace(CLOCK, known_until="\udcff"),
        replace(CLOCK, known_until=object()),  # type: ignore[arg-type]
        replace(ANSWERED, comment=7),  # type: ignore[arg-type]
    ],
)
def test_what_no_reader_could_decode_is_never_written(event: object) -> None:
    with pytest.raises(MalformedEvent):
        codec.encode(event, seal=mark)
