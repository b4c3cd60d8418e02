"""Ids that follow from names are those that everybody else computes."""

import uuid
from pickle import dumps, loads

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import uuid5


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"])))
def test_it_is_the_standard_librarys(namespace: uuid.UUID, name: str) -> None:
    made, expected = uuid5(namespace, name), uuid.uuid5(namespace, name)
    assert made == expected
    assert hash(made) == hash(expected)
    assert made.version == 5
    assert made.variant == uuid.RFC_4122
    assert loads(dumps(made)) == expected
