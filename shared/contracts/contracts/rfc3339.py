"""Reads and writes instants, for every API and command alike: RFC 3339 with a zone, to the microsecond."""

import re
from datetime import UTC, datetime

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)")
EXAMPLE = "2026-07-14T15:00:00Z"


def read_instant(text: str) -> datetime:
    """An aware datetime. Raises ValueError, saying why."""
    if not WRITTEN.fullmatch(text):
        if re.fullmatch(r"[^.]*\.\d{7,}.*", text):
            raise ValueError(f"{text!r} has more than six decimals; microseconds are the finest there is")
        if WRITTEN.fullmatch(text + "Z"):
            raise ValueError(f"{text!r} doesn't say in which zone; end it with Z, or with an offset such as -05:00")
        raise ValueError(f"{text!r} is no instant")
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise ValueError(f"{text!r} is no instant: {error}") from None
    try:
        at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999") from None
    return at


def write_instant(at: datetime) -> str:
    """A UTC datetime as `2026-07-14T15:00:00Z`, with six decimals unless they are all zero."""
    return at.isoformat().replace("+00:00", "Z")
