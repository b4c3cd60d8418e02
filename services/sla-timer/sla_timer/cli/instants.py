"""Instants of options: RFC 3339 with at most six decimals, since nothing is ever rounded."""

from datetime import datetime

import typer

from contracts.rfc3339 import read_instant


def from_option(text: str | None, option: str) -> datetime | None:
    """An option's instant, if it was given. Ends the command if it is not an instant."""
    try:
        return read_instant(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}; write an instant such as 2026-07-14T15:00:00Z") from None
