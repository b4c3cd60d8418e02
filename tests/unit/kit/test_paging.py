"""Cursors: what comes out is what went in, and nonsense is refused by name."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from fastapi import Request, Response

from kit.http.paging import after, page
from kit.http.problems import Trouble

AT = datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC)


def request(query: bytes = b"status=open&cursor=old") -> Request:
    return Request({"type": "http", "path": "/v1/x", "query_string": query, "headers": [], "server": ("desk", 80)})


def test_the_next_page_begins_after_the_last_row_of_this_one() -> None:
    rows = [{"at": AT, "id": uuid4()} for _ in range(3)]
    response = Response()
    assert page(rows, 2, request(), response, "at", "id") == rows[:2]
    target, _, relation = response.headers["Link"].partition(">")
    assert relation == '; rel="next"'
    asked = parse_qs(urlsplit(target[1:]).query)
    assert asked["status"] == ["open"]
    (cursor,) = asked["cursor"]
    assert after(cursor, datetime.fromisoformat, str) == [AT, str(rows[1]["id"])]


def test_the_last_page_leads_nowhere() -> None:
    response = Response()
    assert page([{"at": AT}], 1, request(), response, "at") == [{"at": AT}]
    assert "Link" not in response.headers


def test_the_first_page_comes_after_nothing() -> None:
    assert after(None, str, str) == [None, None]


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", "W10=", "WyJ4Il0=", "bnVsbA==", "eyJhIjogMX0="])
def test_a_cursor_of_somebody_elses_is_refused(cursor: str) -> None:
    with pytest.raises(Trouble) as refused:
        after(cursor, datetime.fromisoformat)
    assert (refused.value.problem.status, refused.value.problem.errors[0].field) == (422, "cursor")
