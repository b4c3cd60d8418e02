"""A proof is answered in the form that its caller prefers, and a page may load nothing else."""

import httpx2
import pytest
from fastapi import FastAPI, Request, Response

from kit.http.explain import TEXT_RESPONSES, AsFormat, Rows, explained


@pytest.fixture
def client() -> httpx2.AsyncClient:
    app = FastAPI()

    def broken() -> str:
        raise AssertionError("nobody asked for it")

    @app.get("/explain", responses=TEXT_RESPONSES)
    async def explain(request: Request, rows: Rows = 60, format: AsFormat = None) -> Response:
        return explained(request, format, lambda: b'{"kept":true}', lambda: f"kept, {rows}\n", lambda: "<p>kept</p>")

    @app.get("/text")
    async def only_text(request: Request) -> Response:
        return explained(request, "text", lambda: broken().encode(), lambda: "kept\n", broken)

    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://desk")


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("", "", "application/json"),
        ("*/*", "", "application/json"),
        ("application/json", "", "application/json"),
        ("text/plain", "", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "text/html; charset=utf-8"),
        ("image/png, text/plain;q=0.5", "", "text/plain; charset=utf-8"),
        ("image/png", "", "application/json"),
        ("text/html", "?format=text", "text/plain; charset=utf-8"),
        ("text/html", "?format=json", "application/json"),
        ("", "?format=html", "text/html; charset=utf-8"),
    ],
)
async def test_what_is_asked_for_wins_over_what_is_accepted(
    client: httpx2.AsyncClient, accept: str, query: str, kind: str
) -> None:
    answer = await client.get(f"/explain{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert ("content-security-policy" in answer.headers) == kind.startswith("text/html")


async def test_a_page_loads_nothing_and_runs_nothing(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/explain?format=html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text == "<p>kept</p>"


async def test_only_the_form_that_is_wanted_is_made(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/text")).text == "kept\n"


@pytest.mark.parametrize("query", ["rows=9", "rows=10001", "format=pdf"])
async def test_bounds_are_those_of_every_proof(client: httpx2.AsyncClient, query: str) -> None:
    assert (await client.get(f"/explain?{query}")).status_code == 422
