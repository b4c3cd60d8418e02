"""Instants as they are written: RFC 3339, with at most six decimals, for nothing is ever rounded."""

import re
from datetime import datetime

import typer

from sla_timer.domain.instants import EARLIEST, LATEST, instant

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")


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
    if not EARLIEST <= instant(at) <= LATEST:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999")
    return at


def from_option(text: str | None, option: str) -> datetime | None:
    """What an option says, if it was given. Ends the command for what is none."""
    try:
        return read_instant(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}; write an instant such as 2026-07-14T15:00:00Z") from None


def written(at: datetime) -> str:
    """A UTC datetime as `2026-07-13T15:00:00Z`, with six decimals unless they are all zero."""
    return f"{at.replace(tzinfo=None).isoformat()}Z"
