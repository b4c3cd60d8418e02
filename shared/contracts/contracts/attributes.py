"""CloudEvents attributes as Kafka headers: single values to bytes and back, strictly."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec

from contracts.alarms import Alarms
from contracts.causes import Cause
from contracts.errors import MalformedRecord
from contracts.names import TOPICS

T = TypeVar("T")
_TYPE = re.compile(r"punctual\.([a-z][a-z.-]*)\.v([1-9][0-9]{0,3})", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_COUNT = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_CAUSE = re.compile(r"([a-z][a-z0-9.-]{0,99})/([!-~]{1,255})", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_ALARMS = msgspec.json.Decoder(Alarms)
_SEEN = msgspec.json.Decoder(dict[str, Annotated[int, msgspec.Meta(ge=0)]])


def read(given: Mapping[str, bytes | None], name: str, parse: Callable[[str], T]) -> T:
    """The header's value. Raises MalformedRecord naming the header if it is missing or makes no sense."""
    raw = given.get(name)
    if raw is None:
        raise MalformedRecord(name, "is missing")
    try:
        return parse(raw.decode())
    except (ValueError, OverflowError, RecursionError) as error:
        raise MalformedRecord(name, f"{raw[:80]!r} makes no sense: {error}") from error


def read_optional(given: Mapping[str, bytes | None], name: str, parse: Callable[[str], T]) -> T | None:
    """The header's value, None if there is no such header."""
    return read(given, name, parse) if name in given else None


def time(at: datetime) -> bytes:
    """RFC 3339 in UTC with microseconds: `2026-11-23T14:00:00.000000Z`. ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds").encode() + b"Z"


def instant(text: str) -> datetime:
    """An RFC 3339 time, in UTC."""
    if not _TIME.fullmatch(text):
        raise ValueError("not a time of RFC 3339")
    return datetime.fromisoformat(text).astimezone(UTC)


def count(text: str) -> int:
    """A decimal number from 1 on that fits 64 bits."""
    if not _COUNT.fullmatch(text):
        raise ValueError("not a whole number from 1")
    return int(text)


def word(text: str) -> str:
    """A text that is not empty."""
    if not text:
        raise ValueError("empty")
    return text


def seen(text: str) -> dict[str, int]:
    """A shard_seq for each topic."""
    return _SEEN.decode(text)


def written(cause: Cause) -> bytes:
    """`punctual.tickets.v1/<event_id>`, `request/<command_id>`, `mail/<key>`."""
    return f"{cause.source}/{cause.id}".encode()


def cause(text: str) -> Cause:
    """A cause from its text. If the source is a topic, the id must be an event's; other sources may be added later."""
    match = _CAUSE.fullmatch(text)
    if match is None:
        raise ValueError("not a topic and an event id, nor what else an event may come of")
    if match[1] in TOPICS and not _UUID.fullmatch(match[2]):
        raise ValueError("not an event id")
    return Cause(match[1], match[2])


def alarms(text: str) -> Alarms:
    """What an event changes of its stream's alarms."""
    return _ALARMS.decode(text)


@lru_cache(maxsize=1024)
def event_type(text: str) -> tuple[str, int]:
    """`punctual.ticket.opened.v1` -> ("ticket.opened", 1)."""
    match = _TYPE.fullmatch(text)
    if match is None:
        raise ValueError("not punctual.<name>.v<version>")
    return match[1], int(match[2])


def spec_version(text: str) -> str:
    """The version, which must be 1.0."""
    if text != "1.0":
        raise ValueError("not CloudEvents 1.0")
    return text


def json_type(text: str) -> str:
    """The media type, which must be JSON."""
    if text.partition(";")[0].strip().lower() != "application/json":
        raise ValueError("not application/json")
    return text
