"""Reading a policy file: its resolved form, or all of its problems at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path as FilePath
from typing import Any
from unicodedata import category

from pydantic import ValidationError

from sla_timer.policy.file.consistency import disagreements
from sla_timer.policy.file.messages import message_of, path_of
from sla_timer.policy.file.problems import MAX_VALUES, Path, PolicyRefused, Problem, plain, problem_at, size
from sla_timer.policy.file.resolve import Document, resolve
from sla_timer.policy.file.shape import PolicyFile
from sla_timer.policy.file.yaml import Unreadable, parsed

DEFAULT = FilePath(__file__).parents[2] / "policies" / "default.yaml"
"""The vendor's policy, shipped with the service."""


def read(file: FilePath, *, today: date) -> Document:
    """Read a file. Raises PolicyRefused, and OSError if there is none."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolicyRefused(file.name, [Problem(line, "", "this is no UTF-8; save the file as UTF-8")]) from None
    return load(text, name=file.name, today=today)


def load(text: str, *, name: str, today: date) -> Document:
    """Read a policy from YAML. `today`: the date by which its holidays must not have run out. Raises PolicyRefused."""
    try:
        document, problems = parsed(text)
    except Unreadable as error:
        raise PolicyRefused(name, [error.problem]) from None
    if size(document) >= MAX_VALUES:
        raise PolicyRefused(name, [Problem(1, "", "its aliases repeat one another without end; write them out")])
    data = plain(document)
    problems += [problem_at(document, path, message) for path, message in (*_unprintable(data), *disagreements(data))]
    try:
        policy = PolicyFile.model_validate(data, context={"today": today})
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += [problem_at(document, path_of(detail), message_of(detail)) for detail in found]
        raise PolicyRefused(name, problems) from None
    if problems:
        raise PolicyRefused(name, problems)
    return resolve(policy)


def _unprintable(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts with control characters, which nobody can see and which could change a terminal."""
    match data:
        case Mapping():
            for key, value in data.items():
                yield from _unprintable(key, (*path, key))
                yield from _unprintable(value, (*path, key))
        case list():
            for place, value in enumerate(data):
                yield from _unprintable(value, (*path, place))
        case str() if strange := next((one for one in data if category(one) in ("Cc", "Cs") and one != "\n"), None):
            yield path, f"there is a character U+{ord(strange):04X} in it, which nobody can see; leave it out"
