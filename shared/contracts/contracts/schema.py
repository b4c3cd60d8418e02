"""The JSON Schema of each event, for readers in any language.

In draft 7, which AsyncAPI tools understand. The schemas describe a tolerant reader: further fields may be added at any
time, and readers ignore them. A personal field is marked `x-personal`.
"""

from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from contracts.base import EventType
from contracts.policy import Policy
from contracts.sealing import PREFIX

LATEST_DIALECT = "https://json-schema.org/draft/2020-12/schema"
DIALECT = "http://json-schema.org/draft-07/schema#"
_DURATION = r"^-?P([0-9]+D)?(T([0-9]+(\.[0-9]{1,6})?S))?$"
_DEFINITIONS = "#/definitions/{model}"


class _Plain(GenerateJsonSchema):
    """Leaves out the titles of fields, which would only repeat their names; and has durations as we write them."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def timedelta_schema(self, schema: Any) -> JsonSchemaValue:
        # The format `duration` is that of RFC 3339, which has neither fractions nor a sign.
        return {"type": "string", "pattern": _DURATION, "description": "ISO 8601, exact to the microsecond."}


def file_name(name: str, version: int) -> str:
    """`ticket.opened.v1.json`."""
    return f"{name}.v{version}.json"


def schema_of(kind: EventType) -> JsonSchemaValue:
    """The schema of an event class in its current version."""
    made = TypeAdapter(kind.cls).json_schema(ref_template=_DEFINITIONS, schema_generator=_Plain)
    definitions = made.pop("$defs", None)
    schema = {
        "$schema": DIALECT,
        "$id": f"urn:punctual:event:{kind.name}:v{kind.version}",
        "title": kind.wire,
        "description": made["description"],
        "type": "object",
        "properties": {field.name: _property(kind, field.name, made) for field in fields(kind.cls)},
        "required": made["required"],
    }
    return schema | ({"definitions": definitions} if definitions else {})


def policy_schema() -> JsonSchemaValue:
    """The schema of a published policy's `resolved`, in a newer draft, which has tuples."""
    made = TypeAdapter(Policy).json_schema(schema_generator=_Plain)
    named = {"$schema": LATEST_DIALECT, "$id": "urn:punctual:policy", "title": "A policy as it is published"}
    return named | {name: value for name, value in made.items() if name != "title"}


def _property(kind: EventType, name: str, made: JsonSchemaValue) -> JsonSchemaValue:
    schema: JsonSchemaValue = made["properties"][name]
    if name not in kind.personal:
        return schema
    of = kind.personal[name]
    return schema | {
        "description": f"Personal: the value is sealed with the key of the person named in `{of}`, "
        f"as {PREFIX}<base64url(nonce + ciphertext)>.",
        "x-personal": True,
        "x-subject": of,
    }
