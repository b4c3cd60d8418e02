"""The building blocks of event classes.

An event is a frozen dataclass with keyword fields, published on the topic of its module:

    TOPIC = "punctual.tickets.v1"

    @event("ticket.opened")
    class TicketOpened:
        ticket_id: UUID
        title: Personal          # encrypted with the key of the event's `subject_id`

The time of a fact is the `recorded_at` of its envelope, so no event has a field for it; other instants, such as a
deadline, are fields. Field types are those that both msgspec and pydantic know: UUID, Instant
(an aware datetime in UTC), timedelta (ISO 8601 on the wire), str, int, bool, tuples, literals, and plain dataclasses
of these.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from msgspec import Meta

E = TypeVar("E")


@dataclass(frozen=True)
class Encrypted:
    """Marks a text field of an event as personal: sealed with the key of the subject named in the field `of`."""

    of: str = "subject_id"


Personal = Annotated[str, Encrypted()]
Instant = Annotated[datetime, Meta(tz=True)]
"""A point in time, always UTC: a reader refuses one without a zone, a writer also one of another zone."""
ERASED = "erased"
"""The text of a personal field once its subject's key is deleted."""


class EventType(NamedTuple):
    """What the registry knows of an event class. `personal` maps each personal field to its subject's field."""

    name: str
    version: int
    topic: str
    cls: type[Any]
    personal: dict[str, str]

    @property
    def wire(self) -> str:
        """The CloudEvents type, `punctual.ticket.opened.v1`."""
        return f"punctual.{self.name}.v{self.version}"


BY_NAME: dict[str, EventType] = {}
BY_CLASS: dict[type[Any], EventType] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str, *, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Make a class an event, `<noun>.<past participle>`, and enter it into the registry."""

    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        topic: str = sys.modules[cls.__module__].TOPIC
        kind = EventType(name, version, topic, made, _personal(made))
        if name in BY_NAME:
            raise TypeError(f"two event classes are called {name!r}: {BY_NAME[name].cls} and {made}")
        BY_NAME[name] = BY_CLASS[made] = kind
        return made

    return register


def _personal(cls: type[Any]) -> dict[str, str]:
    names = {field.name for field in fields(cls)}
    found: dict[str, str] = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        mark = _mark(hint)
        if mark is None:
            if _hidden(hint):
                raise TypeError(f"{cls.__name__}.{name} hides a personal text: only an event's own text can be sealed")
            continue
        if mark.of not in names:
            raise TypeError(f"{cls.__name__}.{name} is personal, but there is no field {mark.of!r} for its subject")
        found[name] = mark.of
    return found


def _mark(hint: Any) -> Encrypted | None:
    """The mark of a personal text, also of an optional one; None for other types."""
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        return _mark(parts[0]) if len(parts) == 1 else None
    if get_origin(hint) is not Annotated or get_args(hint)[0] is not str:
        return None
    return next((mark for mark in hint.__metadata__ if isinstance(mark, Encrypted)), None)


def _hidden(hint: Any) -> bool:
    """Whether a personal text is nested inside a type."""
    if get_origin(hint) is Annotated and any(isinstance(mark, Encrypted) for mark in hint.__metadata__):
        return True
    if isinstance(hint, type) and is_dataclass(hint):
        return any(map(_hidden, get_type_hints(hint, include_extras=True).values()))
    return any(map(_hidden, get_args(hint)))


def kind_of(instance: object) -> EventType:
    """The registry's entry for an event."""
    return BY_CLASS[type(instance)]
