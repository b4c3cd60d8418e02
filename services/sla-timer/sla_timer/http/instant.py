"""Instants as they are asked about: text with an offset, kept in UTC."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_TEXT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:.*", re.ASCII)


def _text(value: Any) -> Any:
    """Numbers would be taken for seconds since 1970."""
    if not isinstance(value, str) or not _TEXT.fullmatch(value):
        raise ValueError("no instant; write one such as 2026-07-13T13:30:00Z")
    return value


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside the years 1 to 9999 in UTC; write one between") from None


Instant = Annotated[AwareDatetime, AfterValidator(_utc), BeforeValidator(_text)]
"""In UTC."""
