"""What an event class may be, and what the registry knows of it."""

import sys
from dataclasses import dataclass, is_dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, get_args, get_type_hints
from uuid import UUID

import pytest

from contracts import base, names
from contracts.base import BY_NAME, Encrypted, Instant, Personal, event, kind_of
from contracts.envelope import Meta, Recorded
from contracts.sla import AlarmSet

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALARM = AlarmSet(ticket_id=UUID(int=1), alarm="review", due_at=NOON)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "TOPIC", "punctual.parcels.v1", raising=False)
    monkeypatch.setattr(base, "BY_NAME", dict(base.BY_NAME))
    monkeypatch.setattr(base, "BY_CLASS", dict(base.BY_CLASS))


def test_the_registry_knows_name_topic_and_personal_fields() -> None:
    @event("parcel.sent", version=2)
    class ParcelSent:
        sender_id: UUID
        subject_id: UUID
        note: Personal | None
        sender: Annotated[str, Encrypted(of="sender_id")]

    kind = base.BY_CLASS[ParcelSent]
    assert kind.wire == "punctual.parcel.sent.v2"
    assert tuple(kind) == (
        "parcel.sent",
        2,
        "punctual.parcels.v1",
        ParcelSent,
        {"note": "subject_id", "sender": "sender_id"},
    )


def test_two_events_never_share_a_name() -> None:
    with pytest.raises(TypeError, match=r"two event classes are called 'alarm\.set'"):

        @event("alarm.set")
        class Another:
            alarm: str


def test_a_personal_text_needs_a_subject() -> None:
    with pytest.raises(TypeError, match="is personal, but there is no field 'subject_id'"):

        @event("parcel.sent")
        class ParcelSent:
            note: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    address: Personal


@pytest.mark.parametrize("hint", [Label, tuple[Label, ...], tuple[Personal, ...], dict[str, Personal], Label | None])
def test_a_personal_text_where_nobody_would_seal_it_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError, match=r"ParcelSent\.label hides a personal text"):

        @event("parcel.sent")
        class ParcelSent:
            subject_id: UUID
            label: hint


def plain_datetimes(hint: Any) -> bool:
    if hint == Instant:
        return False
    inner = get_type_hints(hint, include_extras=True).values() if is_dataclass(hint) else get_args(hint)
    return hint is datetime or any(map(plain_datetimes, inner))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_time_in_an_event_is_an_instant(name: str) -> None:
    hints = get_type_hints(BY_NAME[name].cls, include_extras=True)
    assert [field for field, hint in hints.items() if plain_datetimes(hint)] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_every_event_says_what_it_means_and_travels_on_a_topic(name: str) -> None:
    assert BY_NAME[name].topic in names.TOPICS
    assert not (BY_NAME[name].cls.__doc__ or "").startswith(BY_NAME[name].cls.__name__ + "(")


def test_an_event_is_found_by_its_class() -> None:
    assert kind_of(ALARM).wire == "punctual.alarm.set.v1"


def test_the_time_of_an_imported_fact_is_when_it_occurred() -> None:
    def recorded(meta: Meta) -> Recorded[AlarmSet]:
        return Recorded(
            topic=names.SLA,
            shard=1,
            shard_seq=1,
            stream="s",
            version=1,
            event_id=UUID(int=2),
            command_id=UUID(int=3),
            recorded_at=NOON,
            event=ALARM,
            meta=meta,
        )

    live, imported = (
        recorded(Meta(actor="a", role="service")),
        recorded(Meta(actor="a", role="service", occurred_at=datetime(2016, 2, 29, tzinfo=UTC))),
    )
    assert (live.happened_at, live.imported) == (NOON, False)
    assert (imported.happened_at, imported.imported) == (datetime(2016, 2, 29, tzinfo=UTC), True)


def test_all_that_belongs_to_a_ticket_shares_its_shard() -> None:
    ticket = UUID("0193f6f0-0000-7000-8000-000000000001")
    shard = names.shard_of(ticket)
    assert 0 <= shard < names.SHARDS
    for stream in (f"ticket-{ticket}", f"clock-{ticket}-response", f"notification-{ticket}-{ticket}"):
        assert names.shard_of_stream(stream) == shard
    assert names.shard_of_stream("policy-63") == 63
    assert names.category_of(f"clock-{ticket}-response") == "clock"
    with pytest.raises(ValueError, match="badly formed"):
        names.shard_of_stream("ticket-1")


def test_a_ticket_never_changes_its_shard() -> None:
    assert [names.shard_of(UUID(int=n)) for n in range(8)] == [5, 52, 3, 31, 41, 12, 11, 23]
