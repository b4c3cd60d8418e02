"""Read a policy file: all that is wrong with it at once, or its resolved form."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin
from unicodedata import category

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.tickets import Severity
from sla_timer.policy_file.problems import ENDLESS, Path, PolicyRefused, Problem, plain, problem_at, size
from sla_timer.policy_file.resolve import Document, resolve
from sla_timer.policy_file.shape import PolicyFile
from sla_timer.policy_file.yaml import Unreadable, parsed

ANSWERS = ("response", "objective")
"""The forms that the promise of a first answer has: each severity has one."""
DEFAULT = FilePath(__file__).parent.parent / "policies" / "default.yaml"
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
        document = parsed(text)
    except Unreadable as error:
        raise PolicyRefused(name, [error.problem]) from None
    if size(document) >= ENDLESS:
        raise PolicyRefused(name, [Problem(1, "", "its aliases repeat one another without end; write them out")])
    data = plain(document)
    problems = [problem_at(document, path, message) for path, message in (*_unprintable(data), *_disagreements(data))]
    try:
        policy = PolicyFile.model_validate(data, context={"today": today})
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += [problem_at(document, _path(detail), _message(detail)) for detail in found]
        raise PolicyRefused(name, problems) from None
    if problems:
        raise PolicyRefused(name, problems)
    return resolve(policy)


def _unprintable(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts with characters that are none, or that would do something to a terminal."""
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


def _disagreements(data: Any) -> Iterator[tuple[Path, str]]:
    """What one part says of another, as far as the parts can be read."""
    calendars = list(map(str, _mapping(data, "calendars")))
    listed = isinstance(data, Mapping) and isinstance(data.get("calendars"), Mapping)
    wanting = [("tiers", tier) for tier in _mapping(data, "tiers")] + [("feedback",)]
    for path in wanting:
        calendar = _mapping(data, *path).get("calendar")
        if isinstance(calendar, str) and listed and calendar not in calendars:
            yield (*path, "calendar"), f"there is no calendar {calendar!r}; {_choices(calendar, calendars)}"
    metrics = _mapping(data, "metrics")
    for severity in get_args(Severity):
        promised = [metric for metric in ANSWERS if severity in _mapping(metrics, metric, "targets")]
        if metrics and len(promised) != 1:
            said = " and ".join(promised) or "no metric"
            yield ("metrics",), f"severity {severity} has a target in {said}; give it one, in response or objective"


def _mapping(data: Any, *path: Any) -> Mapping[Any, Any]:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _path(detail: ErrorDetails) -> Path:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _message(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key; {_choices(str(detail['loc'][-1]), _keys_at(detail['loc'][:-1]))}"
        case "missing":
            return "this key is missing; add it"
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            given = repr(detail["input"])
            return f"{detail['msg']}, and not {given if len(given) <= 80 else given[:80] + '…'}"


def _choices(word: str, known: list[str]) -> str:
    likely = get_close_matches(word, known, n=1)
    if likely:
        return f"did you mean {likely[0]!r}?"
    return f"use one of {', '.join(sorted(known))}" if known else "there is none at all: add it"


def _keys_at(path: Path) -> list[str]:
    """The keys that the shape knows at a path."""
    kind: Any = PolicyFile
    for part in path:
        if get_origin(kind) in (tuple, dict):
            kind = get_args(kind)[-1] if get_origin(kind) is dict else get_args(kind)[0]
        else:
            kind = _keys(kind).get(str(part))
    return list(_keys(kind))


def _keys(kind: Any) -> dict[str, Any]:
    """The keys of a model, or of the model that a union has, and what each may be."""
    models = (part for part in (kind, *get_args(kind)) if isinstance(part, type) and issubclass(part, BaseModel))
    fields = next((model.model_fields for model in models), {})
    return {field.alias or name: field.annotation for name, field in fields.items()}
