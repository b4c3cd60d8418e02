"""Instants as they are written: RFC 3339, with at most six decimals, for nothing is ever rounded."""

from datetime import datetime

import typer

from contracts.rfc3339 import read_instant


def from_option(text: str | None, option: str) -> datetime | None:
    """What an option says, if it was given. Ends the command for what is none."""
    try:
        return read_instant(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}; write an instant such as 2026-07-14T15:00:00Z") from None


def written(at: datetime) -> str:
    """A UTC datetime as `2026-07-13T15:00:00Z`, with six decimals unless they are all zero."""
    return f"{at.replace(tzinfo=None).isoformat()}Z"
