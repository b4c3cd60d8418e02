"""A body that is too long is refused before it is read, and one without a token sooner."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request

from kit.clock import WallClock
from kit.http import problems
from kit.http.auth import Caller, Verifier, issue
from kit.http.body_limit import ANONYMOUS_MAX_BYTES, MAX_BYTES, BodyLimit

SECRET = "a secret for tests, long enough"


@pytest.fixture
def client() -> httpx2.AsyncClient:
    app = FastAPI()
    app.add_middleware(BodyLimit, identify=Verifier(SECRET, WallClock()).caller, but=["/own"])
    problems.install(app)

    @app.post("/json")
    async def parsed(body: list[int]) -> int:
        return len(body)

    @app.post("/own")
    @app.post("/raw")
    async def read(request: Request) -> int:
        return len(await request.body())

    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://desk")


def token() -> dict[str, str]:
    now = WallClock().now().timestamp()
    return {"Authorization": "Bearer " + issue(SECRET, Caller("ann", "engineer", None, None), now=now)}


async def pieces(length: int) -> AsyncIterator[bytes]:
    """Without saying how long it is."""
    for _ in range(length // 1024):
        yield b" " * 1024


@pytest.mark.parametrize("path", ["/json", "/raw"])
@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(
    ("length", "known", "status", "slug"),
    [
        (ANONYMOUS_MAX_BYTES * 2, False, 401, "not-authenticated"),
        (MAX_BYTES * 2, True, 413, "too-long"),
        (MAX_BYTES * 2, False, 413, "too-long"),
    ],
)
async def test_what_is_too_long_is_a_problem(
    client: httpx2.AsyncClient, path: str, announced: bool, length: int, known: bool, status: int, slug: str
) -> None:
    content: Any = b" " * length if announced else pieces(length)
    answer = await client.post(path, content=content, headers=token() if known else {})
    assert answer.headers["Content-Type"] == "application/problem+json"
    if not announced and not known:  # a stranger is told at the first byte too many
        status, slug = 401, "not-authenticated"
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (status, slug)


async def test_what_is_not_too_long_is_read(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/raw", content=b" " * ANONYMOUS_MAX_BYTES)).json() == ANONYMOUS_MAX_BYTES
    assert (await client.post("/raw", content=pieces(ANONYMOUS_MAX_BYTES))).json() == ANONYMOUS_MAX_BYTES
    assert (await client.post("/raw", content=b" " * MAX_BYTES, headers=token())).json() == MAX_BYTES
    assert (await client.post("/json", json=[1, 2])).json() == 2


async def test_what_can_t_be_parsed_says_what_would_help(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/json", content=b"[" * 100_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (400, problems.UNREADABLE)


async def test_a_path_with_a_limit_of_its_own_reads_what_it_likes(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/own", content=b" " * (MAX_BYTES * 2))
    assert (answer.status_code, answer.json()) == (200, MAX_BYTES * 2)
