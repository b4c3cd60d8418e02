"""What has been published only grows: no change may break an old reader, or strand an old event."""

import copy
from typing import Any

import pytest
from tests.contract.compatibility import Json, breaches, breaks

from contracts import codec, generate
from contracts.base import BY_NAME
from contracts.schema import schema_of

OLD_READER = "an old reader would not understand a new event"
OLD_EVENT = "a new reader would not understand an old event"
CLOCK = schema_of(BY_NAME["clock.started"])
OPENED = schema_of(BY_NAME["ticket.opened"])


def changed(schema: Json, *path: str, to: Any) -> Json:
    """A copy in which the value at the path is another one; None removes it."""
    new = copy.deepcopy(schema)
    place = new
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return new


def without(schema: Json, field: str) -> Json:
    new = changed(schema, "properties", field, to=None)
    new["required"] = [name for name in new["required"] if name != field]
    return new


def test_nothing_that_was_released_is_broken() -> None:
    broken = breaches(generate.released(), generate.schemas(), set(codec.UPCASTERS))
    assert broken == [], (
        "make a new version of the event with an upcaster from the old one (shared/contracts/README.md)"
    )


@pytest.mark.parametrize("name", BY_NAME)
def test_no_change_breaks_nothing(name: str) -> None:
    assert breaks(schema_of(BY_NAME[name]), schema_of(BY_NAME[name])) == []


NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def test_an_optional_field_may_come() -> None:
    assert breaks(CLOCK, changed(CLOCK, "properties", "mood", to=NULLABLE)) == []
    assert breaks(CLOCK, changed(CLOCK, "definitions", "Threshold", "properties", "mood", to=NULLABLE)) == []


def test_a_description_may_change() -> None:
    assert breaks(CLOCK, changed(CLOCK, "description", to="A promise.")) == []


def test_a_field_may_not_go() -> None:
    assert breaks(CLOCK, without(CLOCK, "due_at")) == [OLD_READER, "fields are gone: due_at"]


def test_an_optional_field_may_not_go_either() -> None:
    assert "fields are gone: known_until" in breaks(CLOCK, without(CLOCK, "known_until"))


def test_a_required_field_may_not_come() -> None:
    new = changed(CLOCK, "properties", "mood", to={"type": "string"})
    assert breaks(CLOCK, new | {"required": [*CLOCK["required"], "mood"]}) == [OLD_EVENT]


def test_an_optional_field_may_not_become_required() -> None:
    assert breaks(CLOCK, CLOCK | {"required": [*CLOCK["required"], "known_until"]}) == [OLD_EVENT]


def test_a_required_field_may_not_become_optional() -> None:
    assert breaks(CLOCK, CLOCK | {"required": CLOCK["required"][1:]}) == [OLD_READER]


def test_a_choice_may_not_go() -> None:
    assert breaks(CLOCK, changed(CLOCK, "properties", "severity", "enum", to=[1, 2, 3])) == [OLD_EVENT]


def test_a_choice_may_not_come() -> None:
    assert breaks(CLOCK, changed(CLOCK, "properties", "severity", "enum", to=[1, 2, 3, 4, 5])) == [OLD_READER]


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("properties", "calendar", "type"), "integer"),
        (("properties", "due_at", "format"), "duration"),
        (("properties", "ticket_id", "format"), "date-time"),
        (("properties", "warnings", "type"), "object"),
        (("definitions", "Threshold", "properties", "percent", "type"), "string"),
    ],
)
def test_a_type_may_not_change(path: tuple[str, ...], to: str) -> None:
    assert breaks(CLOCK, changed(CLOCK, *path, to=to)) == [OLD_READER, OLD_EVENT]


def test_an_instant_may_not_become_any_text() -> None:
    assert breaks(CLOCK, changed(CLOCK, "properties", "due_at", "format", to=None)) == [OLD_READER]


def test_a_field_may_not_become_nullable() -> None:
    assert breaks(CLOCK, changed(CLOCK, "properties", "calendar", to=NULLABLE)) == [OLD_READER]


def test_a_personal_field_may_not_be_written_in_the_clear() -> None:
    new = changed(OPENED, "properties", "title", to={"type": "string"})
    assert breaks(OPENED, new) == ["title was sealed for another person, or not at all"]
    assert breaks(new, OPENED) == ["title was sealed for another person, or not at all"]


def test_an_event_may_not_go() -> None:
    assert breaches({("clock.started", 1): CLOCK}, {}, set()) == ["clock.started v1 was released and is gone"]


def test_a_version_may_not_be_taken_back() -> None:
    released = {("clock.started", 1): CLOCK, ("clock.started", 2): CLOCK}
    assert breaches(released, {("clock.started", 1): CLOCK}, set()) == ["clock.started v2 was released and is gone"]


def test_a_new_version_may_change_anything_if_old_events_are_lifted() -> None:
    released = {("clock.started", 1): CLOCK, ("clock.started", 2): CLOCK}
    current = {("clock.started", 3): without(CLOCK, "due_at")}
    assert breaches(released, current, {("clock.started", 1), ("clock.started", 2)}) == []
    assert breaches(released, current, {("clock.started", 1)}) == ["clock.started v2 has no upcaster to v3"]
