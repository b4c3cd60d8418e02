"""Pydantic's errors about a policy file, reworded to say what to write instead."""

from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sla_timer.policy.file.problems import Path
from sla_timer.policy.file.shape import PolicyFile

MAX_QUOTED_CHARACTERS = 80
"""Limit for a value that a message repeats."""


def path_of(detail: ErrorDetails) -> Path:
    """The keys that lead to the mistake."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def message_of(detail: ErrorDetails) -> str:
    """What is wrong, and what would help."""
    place = detail["loc"]
    limits = {name: limit for name, limit in detail.get("ctx", {}).items() if name != "error"}
    match detail["type"]:
        case "value_error":
            return str(detail["ctx"]["error"])
        case "extra_forbidden":
            return f"unknown key; {choices(str(place[-1]), keys_at(place[:-1]))}"
        case "missing":
            return "this key is missing; add it"
        case "invalid_key":
            return f"unknown key; {choices('', keys_at(place[:-1]))}"
        case "model_type":
            return _instead(f"write its keys, which are {', '.join(keys_at(place))}", detail)
        case "dict_type":
            return _instead("write keys with their values, as in {key: value}", detail)
        case "tuple_type":
            return _instead("write a list, as in [one, another]", detail)
        case "string_type" if isinstance(detail["input"], (int, float)):
            return f"{_given(detail)} is no text; put it in quotes"
        case "string_type":
            return _instead("write one text", detail)
        case "bool_type" | "bool_parsing":
            return _instead("write true or false", detail)
        case "int_type":
            return _instead("write a whole number, without quotes", detail)
        case "greater_than":
            return _instead(f"write a number above {limits['gt']}", detail)
        case "less_than":
            return _instead(f"write a number below {limits['lt']}", detail)
        case "less_than_equal":
            return _instead(f"write a number up to {limits['le']}", detail)
        case "literal_error":
            return _instead(f"write {limits['expected']}", detail)
        case _:  # the library may learn to find more
            return _instead(detail["msg"], detail)


def choices(word: str, known: list[str]) -> str:
    """A hint at the known name that may have been meant."""
    likely = get_close_matches(word, known, n=1)
    if likely:
        return f"did you mean {likely[0]!r}?"
    return f"use one of {', '.join(sorted(known))}" if known else "there is none at all: add it"


def keys_at(path: Path) -> list[str]:
    """The keys that the shape knows at a path."""
    kind: Any = PolicyFile
    for part in path:
        if get_origin(kind) in (tuple, dict):
            kind = get_args(kind)[-1] if get_origin(kind) is dict else get_args(kind)[0]
        else:
            kind = _keys(kind).get(str(part))
    return list(_keys(kind))


def _keys(kind: Any) -> dict[str, Any]:
    """The keys of a model, or of the model in a union, with their types."""
    models = (part for part in (kind, *get_args(kind)) if isinstance(part, type) and issubclass(part, BaseModel))
    fields = next((model.model_fields for model in models), {})
    return {field.alias or name: field.annotation for name, field in fields.items()}


def _instead(advice: str, detail: ErrorDetails) -> str:
    return f"{advice}; and not {_given(detail)}"


def _given(detail: ErrorDetails) -> str:
    if detail["input"] is None:
        return "nothing"
    given = repr(detail["input"])
    return given if len(given) <= MAX_QUOTED_CHARACTERS else given[:MAX_QUOTED_CHARACTERS] + "…"
