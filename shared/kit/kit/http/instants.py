"""Instants in queries: written as everywhere else, and converted to UTC."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from contracts.rfc3339 import read_instant


def _read(value: Any) -> datetime:
    """Read an instant from text only: pydantic would take a number for seconds since 1970."""
    try:
        return read_instant(str(value)).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"{error}; write an instant such as 2026-07-13T13:30:00Z") from None


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _read_either(value: Any) -> datetime | date:
    """Read an instant, or a date, from text. One reader, so that what is neither has one error."""
    try:
        text = str(value)
        return date.fromisoformat(text) if _DATE.fullmatch(text) else read_instant(text).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"{error}; write an instant such as 2026-07-13T13:30:00Z, or a date") from None


Instant = Annotated[datetime, BeforeValidator(_read)]
"""In UTC."""
InstantOrDate = Annotated[datetime | date, BeforeValidator(_read_either)]
"""An instant in UTC, or a date without a time."""
