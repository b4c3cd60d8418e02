"""The golden corpus: one instance of each version of each event, as it stood on the wire, kept for ever.

    python -m tests.contract.corpus          adds those that are missing; it never touches one that is there

Personal fields are sealed with a key that is written here, so that old seals, too, open for ever.
"""

import json
import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_OID, UUID, uuid5

from contracts import codec, sealing
from contracts.base import BY_NAME, EventType
from contracts.schema import file_name

FOLDER = Path(__file__).parent / "golden"
KEY = bytes(range(32))
STREAM, VERSION = "ticket-00000000-0000-4000-8000-000000000001", 7
INSTANT = datetime(2026, 11, 23, 14, 0, 0, 123456, tzinfo=UTC)


def seal(subject: UUID, field: str, text: str) -> str:
    """Seals with the key of the corpus."""
    return sealing.seal(KEY, text, stream=STREAM, version=VERSION, field=field)


def open_(subject: UUID, field: str, sealed: str) -> str:
    """Opens with the key of the corpus."""
    return sealing.open_(KEY, sealed, stream=STREAM, version=VERSION, field=field)


def stored() -> dict[tuple[str, int], bytes]:
    """The corpus by event name and version."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        name, _, version = path.stem.rpartition(".v")
        found[name, int(version)] = path.read_bytes()
    return found


def example(kind: EventType) -> Any:
    """An event with every field filled; its personal texts say `<field>, personal`."""
    made = _instance(kind.cls)
    for field in kind.personal:
        object.__setattr__(made, field, f"{field}, personal: ñ → 漢")
    return made


def _instance(cls: type[Any]) -> Any:
    hints = get_type_hints(cls, include_extras=True)
    return cls(**{field.name: _value(hints[field.name], field.name) for field in fields(cls)})


def _value(hint: Any, name: str) -> Any:
    plain = {
        UUID: uuid5(NAMESPACE_OID, name),
        str: name,
        bool: True,
        int: 3,
        datetime: INSTANT,
        timedelta: timedelta(hours=1, microseconds=1),
        Any: {"nested": [1, None, "two"]},
    }
    if hint in plain:
        return plain[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return _instance(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return parts[-1]
    if origin in (Annotated, Union, types.UnionType):
        return _value(parts[0], name)
    if origin is tuple:
        return (_value(parts[0], name),)
    if origin is dict:
        return {name: _value(parts[1], name)}
    raise TypeError(f"no example of {hint} for {name}")


def add_missing(folder: Path = FOLDER) -> Sequence[Path]:
    """Write an instance of each event version that has none yet, and say which."""
    wanted = {folder / file_name(kind.name, kind.version): kind for kind in BY_NAME.values()}
    missing = {path: kind for path, kind in wanted.items() if not path.exists()}
    for path, kind in missing.items():
        value = json.loads(codec.encode(example(kind), seal=seal))
        path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return list(missing)


if __name__ == "__main__":
    for path in add_missing():
        print(path.name)
