"""Whether a new schema of an event keeps its promises to old readers and to old events.

Readers are tolerant (they ignore fields they don't know), writers write exactly the fields of their class. So the
comparison is between an open reader and a closed writer; two open schemas would prove nothing, because an open writer
might put anything into a field that its reader has and it has not.
"""

import copy
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft7, canonicalize
from jsonschema_rs.canonical import Containment

Json = dict[str, Any]
Key = tuple[str, int]


def breaks(old: Json, new: Json) -> list[str]:
    """What a change from `old` to `new` breaks; empty if nothing."""
    broken = []
    if not _covers(old, _closed(new)):
        broken.append("an old reader would not understand a new event")
    if not _covers(new, _closed(old)):
        broken.append("a new reader would not understand an old event")
    if gone := old["properties"].keys() - new["properties"].keys():
        # Otherwise the name would be free to come back with another meaning, and old events would be misread.
        broken.append(f"fields are gone: {', '.join(sorted(gone))}")
    return broken + [
        f"{name} was sealed for another person, or not at all"
        for name in sorted(old["properties"].keys() & new["properties"].keys())
        if _subject(old, name) != _subject(new, name)
    ]


def breaches(released: Mapping[Key, Json], current: Mapping[Key, Json], lifted: set[Key]) -> list[str]:
    """What the current schemas break of the released ones. `lifted`: the versions that have an upcaster."""
    newest = dict(sorted(current))
    found = []
    for (name, version), old in released.items():
        now = newest.get(name, 0)
        if version > now:
            found.append(f"{name} v{version} was released and is gone")
        elif version == now:
            found += [f"{name} v{version}: {what}" for what in breaks(old, current[name, version])]
        else:
            steps = {(name, step) for step in range(version, now)}
            found += [f"{name} v{step} has no upcaster to v{step + 1}" for _, step in sorted(steps - lifted)]
    return list(dict.fromkeys(found))


def _covers(reader: Json, writer: Json) -> bool:
    # The enum's NO and UNKNOWN are truthy.
    return canonicalize(_strict(reader), draft=Draft7).covers(canonicalize(_strict(writer), draft=Draft7)) is (
        Containment.YES
    )


def _closed(schema: Json) -> Json:
    """The same schema, saying that there are no other fields: what the writer writes."""
    closed = copy.deepcopy(schema)
    for part in _parts(closed):
        if "properties" in part:
            part.setdefault("additionalProperties", False)
    return closed


def _strict(schema: Json) -> Json:
    """With each format as a pattern of its own: formats are mere annotations, and a UUID would cover any text."""
    strict = copy.deepcopy(schema)
    for part in _parts(strict):
        if isinstance(part.get("format"), str):
            part["pattern"] = f"^{part.pop('format')}$"
    return strict


def _parts(value: Any) -> list[Json]:
    """The schema and all schemas in it."""
    if isinstance(value, list):
        return [part for item in value for part in _parts(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(part for item in value.values() for part in _parts(item))]


def _subject(schema: Json, name: str) -> str | None:
    subject: str | None = schema["properties"][name].get("x-subject")
    return subject
