"""Events to JSON and back, fast.

    data = encode(event, seal=seal)
    event = decode("ticket.opened", 1, data, open=open_)

A personal field travels as `sealed:v1:<base64url(nonce + ciphertext)>` (contracts.sealing). Readers are tolerant:
fields they don't know are ignored. Events of old versions are lifted by upcasters, from dict to dict, before they are
decoded, so the rest of the system knows the newest version only.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contracts.base import BY_NAME, EventType, kind_of
from contracts.errors import MalformedEvent, UnknownEvent
from contracts.instants import Stray, stray_instants
from contracts.sealing import PREFIX

Seal = Callable[[UUID, str, str], str]
"""(subject, field, text) -> the sealed text."""
Open = Callable[[UUID, str, str], str]
"""(subject, field, sealed text) -> the text, or contracts.base.ERASED when the subject's key is gone."""
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""An event's fields as JSON values in one version -> the same in the next. Pure; sealed texts keep their names."""

UPCASTERS: dict[tuple[str, int], Upcast] = {}
_ENCODER = msgspec.json.Encoder()


class _Codec(NamedTuple):
    decoder: msgspec.json.Decoder[Any]
    personal: tuple[tuple[str, str], ...]
    stray: Stray


_CODECS: dict[type[Any], _Codec] = {}
_CURRENT: dict[tuple[str, int], _Codec] = {}


def upcaster(name: str, version: int) -> Callable[[Upcast], Upcast]:
    """A decorator for the function that lifts `version` of the event to `version + 1`."""

    def register(lift: Upcast) -> Upcast:
        if (name, version) in UPCASTERS:
            raise TypeError(f"{name} v{version} already has an upcaster")
        UPCASTERS[name, version] = lift
        return lift

    return register


def encode(event: object, *, seal: Seal | None) -> bytes:
    """The event as JSON, its personal fields sealed; without `seal` they are written as they are.

    Raises MalformedEvent for what no reader could decode: a fact that nobody can read would stop its shard.
    """
    kind = kind_of(event)
    codec = _codec(kind)
    for field in codec.stray(event):
        raise MalformedEvent(kind.name, kind.version, field, "is not an instant in UTC")
    data = _encoded(kind, event)
    read = _decoded(codec, kind.name, kind.version, data)
    if codec.personal and _seal(read, kind, codec, seal):
        data = _encoded(kind, read)
    return data


def decode(type_name: str, version: int, data: bytes | str, *, open: Open | None = None) -> Any:
    """The event in its newest version. Without `open` personal fields stay sealed.

    Raises UnknownEvent for a type or version that this reader doesn't have, MalformedEvent naming the field.
    """
    codec = _CURRENT.get((type_name, version))
    if codec is None:
        codec, data = _lifted(type_name, version, data)
    event = _decoded(codec, type_name, version, data)
    if open is not None and codec.personal:
        _open(event, type_name, version, codec, open)
    return event


def _decoded(codec: _Codec, name: str, version: int, data: bytes | str) -> Any:
    try:
        return codec.decoder.decode(data)
    except (ValueError, OverflowError, RecursionError) as error:
        raise MalformedEvent.from_msgspec(name, version, error) from error


def _lifted(name: str, version: int, data: bytes | str) -> tuple[_Codec, bytes | str]:
    """The codec of the newest version, and the data lifted to it."""
    kind = BY_NAME.get(name)
    if kind is None or not 1 <= version <= kind.version:
        raise UnknownEvent(name, version)
    codec = _codec(kind)
    if version == kind.version:
        _CURRENT[name, version] = codec
        return codec, data
    try:
        values = msgspec.json.decode(data, type=dict[str, Any])
        for step in range(version, kind.version):
            if (name, step) not in UPCASTERS:
                raise UnknownEvent(name, version)
            values = UPCASTERS[name, step](values)
        return codec, _ENCODER.encode(values)
    except KeyError as error:
        raise MalformedEvent(name, version, str(error.args[0]), "is missing") from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise MalformedEvent.from_msgspec(name, version, error) from error


def _encoded(kind: EventType, event: object) -> bytes:
    try:
        return _ENCODER.encode(event)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise MalformedEvent(kind.name, kind.version, None, str(error)) from error


# Sealing and opening set fields of a frozen event. That is safe, because the event was decoded just now and nobody else
# has it, and several times faster than dataclasses.replace.


def _seal(read: Any, kind: EventType, codec: _Codec, seal: Seal | None) -> bool:
    """Seal the personal fields; whether there were any. A text without a subject is refused: no key could erase it."""
    sealed = False
    for field, of in codec.personal:
        text, subject = getattr(read, field), getattr(read, of)
        if text is None:
            continue
        if subject is None:
            raise MalformedEvent(kind.name, kind.version, field, f"is personal, but {of} is empty")
        if seal is not None:
            object.__setattr__(read, field, seal(subject, field, text))
            sealed = True
    return sealed


def _open(read: Any, name: str, version: int, codec: _Codec, open: Open) -> None:
    for field, of in codec.personal:
        text = getattr(read, field)
        if text is None or not text.startswith(PREFIX):
            continue
        subject = getattr(read, of)
        if subject is None:
            raise MalformedEvent(name, version, field, f"is sealed, but {of} is empty")
        object.__setattr__(read, field, open(subject, field, text))


def _codec(kind: EventType) -> _Codec:
    codec = _CODECS.get(kind.cls)
    if codec is None:
        codec = _Codec(msgspec.json.Decoder(kind.cls), tuple(kind.personal.items()), stray_instants(kind.cls))
        _CODECS[kind.cls] = codec
    return codec
