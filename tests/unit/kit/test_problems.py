"""Whatever goes wrong is answered with a problem that names the field and the fix, and never with a stack trace."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar

import httpx2
import pytest
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from contracts.errors import UnknownEvent
from contracts.refusals import Refusal
from kit.http import problems
from kit.http.auth import NotAuthenticated
from kit.http.problems import FieldError, Trouble
from kit.store import BadValue, Unavailable


class Closed(Refusal):
    """The shop is closed."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "closed"


class Bread(BaseModel):
    model_config = ConfigDict(extra="forbid")

    loaves: int = Field(ge=1)
    kind: dict[str, int] = {}


RAISED: dict[str, Exception] = {
    "trouble": Trouble(404, "no-bread", "There is no bread.", "Come tomorrow.", [FieldError(field="kind", detail="?")]),
    "refusal": Closed("Come back at seven."),
    "field": Closed("It must be a weekday.", field="day"),
    "unavailable": Unavailable("connection to 10.0.0.7 lost"),
    "newer": UnknownEvent("jar.melted", 7),
    "bad": BadValue("a NUL"),
    "nobody": NotAuthenticated("Send a token."),
    "http": HTTPException(418, "I can't brew.", headers={"X-Pot": "tea"}),
    "defect": ZeroDivisionError("division by a secret"),
}


@pytest.fixture
def client() -> httpx2.AsyncClient:
    return shop()


async def behind() -> bool:
    """Its log may lack something."""
    return False


async def away() -> bool:
    """Nobody can tell."""
    raise Unavailable("connection to 10.0.0.7 lost")


def shop(*whole: Callable[[], Awaitable[bool]]) -> httpx2.AsyncClient:
    app = FastAPI()
    problems.install(app, *whole)

    @app.get("/raise/{what}")
    async def fail(what: str) -> None:
        raise RAISED[what]

    @app.post("/bread")
    async def bake(bread: Bread, oven: Annotated[int, Query()] = 1) -> None:
        pass

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://shop")


@pytest.mark.parametrize(
    ("what", "status", "slug"),
    [
        ("trouble", 404, "no-bread"),
        ("refusal", 409, "closed"),
        ("field", 409, "closed"),
        ("unavailable", 503, "unavailable"),
        ("newer", 503, "newer-release"),
        ("bad", 422, "invalid-request"),
        ("nobody", 401, "not-authenticated"),
        ("http", 418, "i'm-a-teapot"),
        ("defect", 500, "internal"),
    ],
)
async def test_everything_raised_is_a_problem(client: httpx2.AsyncClient, what: str, status: int, slug: str) -> None:
    answer = await client.get(f"/raise/{what}")
    body: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == body["status"] == status
    assert body["type"] == problems.TYPES + slug
    assert body["title"]
    assert "Traceback" not in answer.text
    assert "10.0.0.7" not in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(("whole", "slug"), [(behind, "log-not-compared"), (away, "unavailable")])
async def test_what_may_only_be_missing_is_not_said_not_to_be_there(
    whole: Callable[[], Awaitable[bool]], slug: str
) -> None:
    client = shop(whole)
    answer = await client.get("/raise/trouble")
    assert (answer.status_code, answer.json()["type"]) == (503, problems.TYPES + slug)
    assert answer.headers["Retry-After"] == "1"
    assert (await client.get("/raise/refusal")).status_code == 409
    assert (await client.get("/cake")).status_code == 404


async def test_a_refusal_s_docstring_is_its_title_and_its_field_is_named(client: httpx2.AsyncClient) -> None:
    body = (await client.get("/raise/refusal")).json()
    assert (body["title"], body["detail"]) == ("The shop is closed.", "Come back at seven.")
    body = (await client.get("/raise/field")).json()
    assert body["errors"] == [{"field": "day", "detail": "It must be a weekday."}]


async def test_headers_go_with_a_problem(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/raise/unavailable")).headers["Retry-After"] == "1"
    assert (await client.get("/raise/nobody")).headers["WWW-Authenticate"] == "Bearer"
    assert (await client.get("/raise/http")).headers["X-Pot"] == "tea"


@pytest.mark.parametrize(
    ("body", "query", "fields"),
    [
        (b'{"loaves": 0}', "", ["loaves"]),
        (b'{"loaves": "many", "butter": true}', "", ["loaves", "butter"]),
        (b'{"loaves": 1, "kind": {"rye": "x"}}', "", ["kind.rye"]),
        (b"{}", "?oven=hot", ["oven", "loaves"]),
        (b"", "", ["body"]),
        (b"[1, 2]", "", ["body"]),
        (b"null", "", ["body"]),
    ],
)
async def test_what_is_not_understood_is_named_field_by_field(
    client: httpx2.AsyncClient, body: bytes, query: str, fields: list[str]
) -> None:
    answer = await client.post(f"/bread{query}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    found = answer.json()
    assert sorted(error["field"] for error in found["errors"]) == sorted(fields)
    assert all(error["detail"] for error in found["errors"])
    assert found["detail"] == "Correct the fields named in errors, and send it again."


@pytest.mark.parametrize("body", [b"{", b'{"loaves": 1', b"\xff\xfe", b'{"loaves": NaN}', b'{"loaves": ' + b"1" * 5000])
async def test_bytes_that_are_no_json_are_the_caller_s_fault(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/bread", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_paths_and_methods_that_are_not_there_are_problems_too(client: httpx2.AsyncClient) -> None:
    for answer in (await client.get("/cake"), await client.delete("/bread")):
        assert answer.status_code in (404, 405)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await client.delete("/bread")).headers["Allow"] == "POST"
