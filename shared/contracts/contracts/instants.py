"""Finds the instants in an event, so that only UTC reaches the wire.

An instant in New York time equals the same instant in UTC, so comparing values would not notice it. But its text
differs, and readers that compare text would sort it wrongly.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args, get_origin, get_type_hints

Check = Callable[[Any], bool]
Stray = Callable[[Any], Sequence[str]]
"""The names of the fields of a value that hold a datetime which is not UTC."""
ZERO = timedelta(0)
LAST_INSTANT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The last instant at which anything may be due: databases take later ones for infinity."""


def check_later(instant: datetime, what: str) -> None:
    """Raises ValueError for an instant that is not in UTC, or beyond the end of time."""
    if instant.utcoffset() != ZERO:
        raise ValueError(f"{what} is not an instant in UTC: {instant.isoformat()}")
    if instant > LAST_INSTANT:
        raise ValueError(f"{what} lies beyond {LAST_INSTANT.isoformat()}")


def stray_instants(cls: type[Any]) -> Stray:
    """A function that names the fields of a `cls` which hold a datetime that is not UTC."""
    checks = _checks(cls)

    def stray(value: Any) -> Sequence[str]:
        return [name for name, in_utc in checks if not in_utc(getattr(value, name))]

    return stray


def _checks(cls: type[Any]) -> Sequence[tuple[str, Check]]:
    """The fields of a dataclass that can hold an instant, each with what tells whether it is in UTC."""
    hints = get_type_hints(cls, include_extras=True)
    found = [(field.name, _check(hints[field.name])) for field in fields(cls)]
    return [(name, check) for name, check in found if check is not None]


def _check(hint: Any) -> Check | None:
    """What tells whether a value of this type holds only UTC instants; None if it can't hold any."""
    if get_origin(hint) is Annotated:
        return _check(get_args(hint)[0])
    if hint is datetime:
        return _in_utc
    if is_dataclass(hint) and isinstance(hint, type):
        return _check_fields(hint, _checks(hint))
    return _check_parts(get_args(hint), is_tuple=get_origin(hint) is tuple)


def _check_fields(cls: type[Any], checks: Sequence[tuple[str, Check]]) -> Check | None:
    if not checks:
        return None
    return lambda value: not isinstance(value, cls) or all(in_utc(getattr(value, name)) for name, in_utc in checks)


def _in_utc(value: Any) -> bool:
    return not isinstance(value, datetime) or value.tzinfo is UTC or value.utcoffset() == ZERO


def _check_parts(parts: tuple[Any, ...], *, is_tuple: bool) -> Check | None:
    inner = next((check for check in map(_check, parts) if check is not None), None)
    if inner is None or not is_tuple:
        return inner
    return lambda values: not isinstance(values, tuple) or all(map(inner, values))
