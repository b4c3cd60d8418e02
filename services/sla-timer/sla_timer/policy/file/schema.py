"""The JSON Schema of policy files, published beside the shipped one. It knows shapes, not what parts say of others."""

import json

from sla_timer.policy.file.shape import PolicyFile


def as_text() -> str:
    """As it is committed; printed anew by `punctual policy schema`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | PolicyFile.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
