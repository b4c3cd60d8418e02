"""The required information of P8: what was given, and what is still missing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import get_args

from contracts.replacing import replace
from contracts.texts import LINE_BYTES, bounded_text, is_blank
from intake.domain.events import Detail, Details, InformationRequested

NAMES = tuple(field.name for field in fields(Details))
DETAILS: tuple[Detail, ...] = get_args(Detail)
"""All that a policy may require, in the order of P8."""


def missing(required: Iterable[Detail], details: Details, description: str | None) -> tuple[Detail, ...]:
    """The required details that were not given, in their order."""
    there = provided(details, description)
    return tuple(name for name in required if name not in there)


def provided(details: Details, description: str | None) -> set[Detail]:
    """All details that were given, of those that a policy may require."""
    names: set[Detail] = {name for name in DETAILS if name != "description" and not is_blank(getattr(details, name))}
    return names if is_blank(description) else names | {"description"}


def in_order(names: Collection[Detail]) -> tuple[Detail, ...]:
    """The names once each, in the order of P8."""
    return tuple(name for name in DETAILS if name in names)


def named_in(event: InformationRequested, wanted: Collection[Detail]) -> Collection[Detail]:
    """What staff asked for, when the ticket waited for `wanted`. Older facts say only what was missing in all."""
    return event.named or {*event.missing} - {*wanted} or event.missing


def tidy(details: Details) -> Details:
    """Without white space around a value, and None for a blank one. Raises TooLong."""
    return Details(**{name: _tidy(name, getattr(details, name)) for name in NAMES})


def _tidy(name: str, value: str | None) -> str | None:
    return None if value is None or is_blank(value) else bounded_text(value.strip(), name, LINE_BYTES)


def merged(known: Details, told: Details) -> Details:
    """The known details with those told: the later word counts."""
    return replace(known, **_values(told))


def only(told: Details, wanted: Collection[Detail]) -> Details:
    """Those details of `told` that are wanted."""
    return Details(**{name: value for name, value in _values(told).items() if name in wanted})


def news(known: Details, told: Details, wanted: Sequence[Detail]) -> Details:
    """Those details of `told` that are wanted, or that were not known."""
    heard = _values(told)
    return Details(**{name: v for name, v in heard.items() if name in wanted or getattr(known, name) != v})


def _values(details: Details) -> dict[str, str]:
    return {name: value for name in NAMES if (value := getattr(details, name)) is not None}
