"""The JSON Schema of policy files, beside the shipped one. It checks shapes, not the parts against one another."""

import json

from sla_timer.policy.file.shape import PolicyFile


def as_text() -> str:
    """The text that is committed, and that `punctual policy schema` prints."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | PolicyFile.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
