"""Old versions are lifted, step by step, to the newest before anyone sees them."""

import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from contracts import codec
from contracts.base import BY_CLASS, BY_NAME, Personal, event
from contracts.errors import MalformedEvent, UnknownEvent

NAME = "parcel.sent"
ID = UUID(int=1)


@pytest.fixture
def parcel(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Any]]:
    """An event in its third version, for this test alone. v1 had `weight` in pounds, v2 in grams, v3 has a carrier."""
    monkeypatch.setattr(sys.modules[__name__], "TOPIC", "punctual.parcels.v1", raising=False)
    monkeypatch.setattr(codec, "UPCASTERS", {})
    monkeypatch.setattr(codec, "_CURRENT", {})

    @event(NAME, version=3)
    class ParcelSent:
        subject_id: UUID
        grams: int
        carrier: str
        note: Personal | None

    yield ParcelSent
    del BY_NAME[NAME], BY_CLASS[ParcelSent]


def in_grams(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "grams": round(values["pounds"] * 454)}


def with_carrier(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "carrier": "unknown"}


def test_an_old_event_is_lifted_through_every_version(parcel: type[Any]) -> None:
    codec.upcaster(NAME, 1)(in_grams)
    codec.upcaster(NAME, 2)(with_carrier)
    old = f'{{"subject_id":"{ID}","pounds":2,"note":null}}'
    assert codec.decode(NAME, 1, old) == parcel(subject_id=ID, grams=908, carrier="unknown", note=None)
    newer = f'{{"subject_id":"{ID}","grams":5,"note":null}}'
    assert codec.decode(NAME, 2, newer) == parcel(subject_id=ID, grams=5, carrier="unknown", note=None)


def test_a_sealed_text_of_an_old_event_still_opens(parcel: type[Any]) -> None:
    codec.upcaster(NAME, 2)(with_carrier)
    data = f'{{"subject_id":"{ID}","grams":5,"note":"sealed:v1:x"}}'
    assert codec.decode(NAME, 2, data, open=lambda *what: f"{what}").note == str((ID, "note", "sealed:v1:x"))


def test_a_missing_step_is_an_unknown_event(parcel: type[Any]) -> None:
    codec.upcaster(NAME, 1)(in_grams)
    with pytest.raises(UnknownEvent, match=r"no event parcel\.sent v1 is known here"):
        codec.decode(NAME, 1, '{"pounds":2}')


@pytest.mark.parametrize(
    ("data", "field"),
    [("{}", "pounds"), ('{"pounds":"two"}', None), ("[]", None), ("{", None), ('{"pounds":2}', "subject_id")],
)
def test_an_old_event_that_makes_no_sense_is_malformed(parcel: type[Any], data: str, field: str | None) -> None:
    codec.upcaster(NAME, 1)(in_grams)
    codec.upcaster(NAME, 2)(with_carrier)
    with pytest.raises(MalformedEvent, match=r"parcel\.sent v1") as refused:
        codec.decode(NAME, 1, data)
    assert refused.value.field == field


def test_a_step_has_one_upcaster(parcel: type[Any]) -> None:
    codec.upcaster(NAME, 1)(in_grams)
    with pytest.raises(TypeError, match=r"parcel\.sent v1 already has an upcaster"):
        codec.upcaster(NAME, 1)(in_grams)
