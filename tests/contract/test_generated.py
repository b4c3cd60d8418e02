"""What is generated from the event classes is committed, and true."""

import json
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.contracts.facts import EVENTS, FACTS

from contracts import codec, generate, names, wire
from contracts.base import BY_NAME, kind_of
from contracts.envelope import Fact
from contracts.schema import schema_of

VALIDATORS = {
    name: jsonschema_rs.Draft7Validator(schema_of(kind), validate_formats=True) for name, kind in BY_NAME.items()
}
DOCUMENT: dict[str, Any] = json.loads((generate.HERE / "asyncapi.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate.write(tmp_path)
    return tmp_path


def test_the_committed_files_are_those_of_the_classes(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


def test_the_check_names_what_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "schemas/alarm.set.v1.json").write_text("{}")
    (folder / "schemas/alarm.rang.v1.json").unlink()
    shutil.copy(folder / "schemas/alarm.cancelled.v1.json", folder / "schemas/alarm.snoozed.v1.json")
    assert generate.main(["--check"], folder) == 1
    assert capsys.readouterr().out.splitlines() == [
        "schemas/alarm.rang.v1.json is missing; run: python -m contracts.generate",
        "schemas/alarm.set.v1.json differs from its event class; run: python -m contracts.generate",
        "schemas/alarm.snoozed.v1.json belongs to no event; run: python -m contracts.generate",
    ]
    assert generate.main([], folder) == 0
    assert generate.main(["--check"], folder) == 0


def test_only_a_release_touches_what_was_released(folder: Path) -> None:
    assert generate.released(folder) == {}
    assert generate.main(["--release"], folder) == 0
    assert generate.released(folder) == generate.schemas(folder)


def test_a_released_schema_stays_when_its_event_has_a_newer_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate.release(folder)
    monkeypatch.setitem(BY_NAME, "alarm.set", BY_NAME["alarm.set"]._replace(version=2))
    generate.release(folder)
    assert {("alarm.set", 1), ("alarm.set", 2)} <= generate.released(folder).keys()
    document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))
    assert document["components"]["messages"]["alarm.set.v1"]["title"] == "AlarmSet (old version 1)"
    assert document["components"]["messages"]["alarm.set.v2"]["title"] == "AlarmSet"
    assert generate.drift(folder) == []


@given(event=EVENTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_event_fits_its_schema(event: Any) -> None:
    value = json.loads(codec.encode(event, seal=lambda *_: "sealed:v1:AAAA"))
    VALIDATORS[kind_of(event).name].validate(value)


@pytest.mark.parametrize("name", BY_NAME)
def test_personal_fields_are_marked(name: str) -> None:
    properties = schema_of(BY_NAME[name])["properties"]
    marked = {field: schema["x-subject"] for field, schema in properties.items() if schema.get("x-personal")}
    assert marked == BY_NAME[name].personal


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    if not isinstance(value, dict):
        return []
    inner = [found for item in value.values() for found in references(item)]
    return [value["$ref"], *inner] if "$ref" in value else inner


def test_the_document_has_every_topic_with_its_partitions() -> None:
    channels = DOCUMENT["channels"].values()
    assert [channel["address"] for channel in channels] == list(names.TOPICS)
    assert {channel["bindings"]["kafka"]["partitions"] for channel in channels} == {names.SHARDS}


def test_the_document_has_every_event_on_its_topic() -> None:
    found = {
        (DOCUMENT["components"]["messages"][key]["name"], channel["address"])
        for channel in DOCUMENT["channels"].values()
        for key in channel["messages"]
    }
    assert {(kind.wire, kind.topic) for kind in BY_NAME.values()} <= found


def test_every_reference_in_the_document_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        file, _, pointer = reference.partition("#")
        place = json.loads((generate.HERE / file).read_text(encoding="utf-8")) if file else DOCUMENT
        for step in pointer.split("/")[1:]:
            place = place[step]
        assert place, reference


@given(fact=FACTS, previous=st.none() | st.uuids())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_headers_that_we_write_are_those_of_the_document(fact: Fact, previous: UUID | None) -> None:
    envelope = DOCUMENT["components"]["schemas"]["envelope"]
    headers = {name: value.decode() for name, value in wire.headers(fact, "/punctual/intake", previous)}
    assert headers.keys() <= envelope["properties"].keys()
    jsonschema_rs.Draft7Validator(envelope, validate_formats=True).validate(headers)
