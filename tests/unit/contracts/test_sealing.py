"""Sealed texts open with their key in their place, and nowhere else."""

from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import SealBroken
from contracts.sealing import PREFIX, open_, seal

KEY = bytes(range(32))


class Place(TypedDict):
    stream: str
    version: int
    field: str


PLACE = Place(stream="ticket-1", version=3, field="title")


@given(text=st.text(), stream=st.text(), version=st.integers(1, 2**31), field=st.text())
def test_a_sealed_text_opens_in_its_place(text: str, stream: str, version: int, field: str) -> None:
    sealed = seal(KEY, text, stream=stream, version=version, field=field)
    assert sealed.startswith(PREFIX)
    assert sealed.isascii()
    assert open_(KEY, sealed, stream=stream, version=version, field=field) == text


def test_no_two_sealings_are_alike() -> None:
    assert seal(KEY, "hello", **PLACE) != seal(KEY, "hello", **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(stream="ticket-2", version=3, field="title"),
        Place(stream="ticket-1", version=4, field="title"),
        Place(stream="ticket-1", version=3, field="email"),
        Place(stream="ticket-13", version=3, field="title"),
        Place(stream="ticket-", version=13, field="title"),
    ],
)
def test_it_opens_nowhere_else(elsewhere: Place) -> None:
    sealed = seal(KEY, "hello", **PLACE)
    with pytest.raises(SealBroken, match="doesn't open with this key"):
        open_(KEY, sealed, **elsewhere)


def test_it_opens_with_no_other_key() -> None:
    with pytest.raises(SealBroken):
        open_(bytes(32), seal(KEY, "hello", **PLACE), **PLACE)


@given(damage=st.text(alphabet="Aa0-_=/+ é", max_size=50))
def test_damaged_text_is_refused(damage: str) -> None:
    with pytest.raises(SealBroken):
        open_(KEY, PREFIX + damage, **PLACE)


def test_a_text_that_was_never_sealed_is_refused() -> None:
    with pytest.raises(SealBroken, match="has no 'sealed:v1:'"):
        open_(KEY, "hello", **PLACE)


def test_a_key_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="a key has 32 bytes, not 16"):
        seal(bytes(16), "hello", **PLACE)
    with pytest.raises(ValueError, match="a key has 32 bytes, not 16"):
        open_(bytes(16), seal(KEY, "hello", **PLACE), **PLACE)
