"""Instants in queries: written as everywhere else, and converted to UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from contracts.rfc3339 import read_instant


def _read(value: Any) -> datetime:
    """Read an instant from text only: pydantic would take a number for seconds since 1970."""
    try:
        return read_instant(str(value)).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"{error}; write an instant such as 2026-07-13T13:30:00Z") from None


Instant = Annotated[datetime, BeforeValidator(_read)]
"""In UTC."""
