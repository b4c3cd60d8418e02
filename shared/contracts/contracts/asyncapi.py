"""The AsyncAPI 3 document: which events travel on which topic, generated from the registry."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from contracts.base import BY_NAME
from contracts.names import SHARDS, TOPIC_OF, TOPICS
from contracts.schema import DIALECT, file_name

Json = dict[str, Any]
_SCHEMA_FORMAT = "application/schema+json;version=draft-07"
_OWNERS = {topic.split(".")[1]: service for service, topic in TOPIC_OF.items()}
"""Services by channel."""
_STREAM = "The stream, as in ticket-<uuid>: the same as ce_subject."


def document(schemas: Mapping[tuple[str, int], Json]) -> Json:
    """The document for these schemas, by event name and version; old versions stay in the log, so they are in it."""
    by_topic: dict[str, list[tuple[str, int]]] = {topic: [] for topic in TOPICS}
    for name, number in schemas:
        by_topic[BY_NAME[name].topic].append((name, number))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Punctual: events of the support desk",
            "version": version("contracts"),
            "description": "Every fact that a service records, as CloudEvents 1.0 in Kafka's binary mode: the headers "
            f"are the envelope, the value is the event. All of a ticket's events, in every topic, are in the same of "
            f"{SHARDS} partitions. Fields that a reader doesn't know are to be ignored.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{host}:{port}",
                "protocol": "kafka",
                "variables": {"host": {"default": "localhost"}, "port": {"default": "9092"}},
            }
        },
        "channels": {_channel_id(topic): _channel(topic, kinds) for topic, kinds in by_topic.items()},
        "operations": {f"record-{_channel_id(topic)}": _operation(topic) for topic in by_topic},
        "components": {
            "messages": {
                f"{name}.v{number}": _message(name, number, schema) for (name, number), schema in schemas.items()
            },
            "schemas": {"envelope": _ENVELOPE},
        },
    }


def _channel_id(topic: str) -> str:
    """`tickets` for `punctual.tickets.v1`."""
    return topic.split(".")[1]


def _channel(topic: str, kinds: list[tuple[str, int]]) -> Json:
    keys = [f"{name}.v{number}" for name, number in kinds]
    return {
        "address": topic,
        "description": f"What {_OWNERS[_channel_id(topic)]} tells the world. Kept for ever.",
        "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in keys},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": SHARDS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: str) -> Json:
    channel = _channel_id(topic)
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{_OWNERS[channel]} records what happened.",
    }


def _message(name: str, number: int, schema: Json) -> Json:
    kind = BY_NAME[name]
    wire = f"punctual.{name}.v{number}"
    summary, _, rest = schema["description"].partition("\n\n")
    message: Json = {
        "name": wire,
        "title": kind.cls.__name__ if number == kind.version else f"{kind.cls.__name__} (old version {number})",
        "summary": " ".join(summary.split()),
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {"type": "object", "properties": {"ce_type": {"type": "string", "const": wire}}},
            ]
        },
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"schemas/{file_name(name, number)}"}},
        "bindings": {"kafka": {"key": {"type": "string", "description": _STREAM}, "bindingVersion": "0.5.0"}},
    }
    return message | ({"description": rest} if rest else {})


def _header(description: str, **more: Any) -> Json:
    return {"type": "string", "description": description, **more}


_ENVELOPE: Json = {
    "$schema": DIALECT,
    "type": "object",
    "description": "The headers of every record; all values are UTF-8.",
    "properties": {
        "ce_specversion": _header("CloudEvents version.", const="1.0"),
        "ce_id": _header("The event's id.", format="uuid"),
        "ce_source": _header("The service that recorded it, as in /punctual/intake."),
        "ce_type": _header("Event type and version, as in punctual.ticket.opened.v1."),
        "ce_time": _header("When it was recorded, in UTC with microseconds. Never runs backwards in a partition."),
        "ce_subject": _header("The stream it belongs to, as in ticket-<uuid>."),
        "content-type": _header("The value's media type.", const="application/json"),
        "ce_shardseq": _header("Its number in the partition, from 1 without gaps.", pattern="^[1-9][0-9]*$"),
        "ce_sequence": _header("Its number in the stream, from 1 without gaps.", pattern="^[1-9][0-9]*$"),
        "ce_commandid": _header("The command that led to it.", format="uuid"),
        "ce_actor": _header("Who did it."),
        "ce_role": _header("In which role."),
        "ce_previous": _header("The id of the event before it in the partition; absent on the first.", format="uuid"),
        "ce_seen": _header(
            "A JSON object: per topic the highest ce_shardseq of this partition that its service had seen by then. "
            "Hold the event back until you have seen as much of the topics that you read."
        ),
        "ce_traceparent": _header("W3C trace context."),
        "ce_cause": _header(
            "Its cause: a fact, as punctual.tickets.v1/<ce_id>; a request over HTTP, as request/<ce_commandid>; "
            "a mail, as mail/<key>; terminal, settings and import: an operator's command, a configured policy and "
            "imported history. Absent on events of releases that didn't record it.",
            pattern="^[a-z][a-z0-9.-]*/[!-~]+$",
        ),
        "ce_alarms": _header(
            "A JSON object: what this event changes of its stream's alarms, `set` (each with a name, and one of "
            "`at`, `after`, `wall_clock`) and `cancelled` (names). sla-timer answers with alarm.set and alarm.rang."
        ),
        "ce_occurredat": _header("Imported events only: when it really happened. No service reacts to them."),
    },
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_subject",
        "content-type",
        "ce_shardseq",
        "ce_sequence",
        "ce_commandid",
        "ce_actor",
        "ce_role",
    ],
}
