"""Lists: filters, and keyset paging.

A page's cursor is the sort key of its last row: rows that come or go meanwhile neither hide nor repeat others.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request, Response

from kit.http.problems import FieldError, misunderstood

Value = TypeVar("Value")
AnyOf = Annotated[
    list[Value] | None, Query(max_length=100, description="Only these. Given several times: any of them.")
]
"""A filter of a list."""


def after(cursor: str | None, *kinds: Callable[[str], Any]) -> list[Any]:
    """The sort key in a cursor, one value per kind; for the first page, None for each. Raises Trouble (422)."""
    if cursor is None:
        return [None] * len(kinds)
    try:
        texts = json.loads(urlsafe_b64decode(cursor.encode()))
        return [kind(text) for kind, text in zip(kinds, texts, strict=True)]
    except (ValueError, TypeError) as error:
        fault = FieldError(field="cursor", detail="must be taken from the Link header of the page before")
        raise misunderstood(fault.detail, fault) from error


def page(rows: Sequence[Any], limit: int, request: Request, response: Response, *key: str) -> Sequence[Any]:
    """The first `limit` rows. If there are more (select one more), `Link: rel="next"` names the next page."""
    if len(rows) <= limit:
        return rows
    last = rows[limit - 1]
    cursor = urlsafe_b64encode(json.dumps([_text(last[name]) for name in key]).encode()).decode()
    following = request.url.include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return rows[:limit]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
