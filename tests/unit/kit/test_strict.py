"""What a request says beyond what its route declares is refused by name, at every route of every service."""

from collections.abc import AsyncIterator
from datetime import datetime
from importlib.metadata import entry_points
from typing import Annotated, Any, Literal, cast
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from contracts.roles import Role
from kit.clock import WallClock
from kit.http.app import app_for
from kit.http.auth import Caller, Verifier, issue
from kit.http.bodies import Body, kinds
from kit.http.command_origin import Origin, OriginOfNew, Who
from kit.http.desk import Desk
from kit.http.paging import AnyOf
from kit.http.strict import StrictRoute, add_routes

SECRET = "a secret for tests, long enough"
ACME = UUID(int=1)
SERVICES = sorted(entry_points(group="punctual.services"), key=lambda point: point.name)


class Loaf(Body):
    flour: str
    slices: Literal[1, 2] | None = None
    grams: int = 500
    salted: bool = True


def bakery() -> APIRouter:
    router = APIRouter()

    @router.get("/loaves")
    async def listed(who: Who, flour: AnyOf[str] = None, limit: Annotated[int, Query(ge=1)] = 10) -> dict[str, Any]:
        return {"flour": flour, "limit": limit}

    @router.get("/loaves/{number}")
    async def one(number: int, who: Who, response: Response) -> dict[str, int]:
        response.headers["ETag"] = '"3"'
        return {"number": number}

    @router.post("/loaves", status_code=201)
    async def bake(loaf: Loaf, origin: OriginOfNew) -> str:
        return str(origin.command_id)

    @router.post("/scales")
    async def weigh(loaf: Loaf, who: Who) -> int:
        return loaf.grams

    @router.post("/loaves/{number}/slicing")
    async def slice_it(number: int, origin: Origin) -> dict[str, Any]:
        return {"id": str(origin.command_id), "hash": origin.request_hash.hex(), "version": origin.if_version}

    return router


def app_with(*routers: APIRouter) -> FastAPI:
    verifier = Verifier(SECRET, WallClock())
    nothing = cast(Any, None)
    desk = Desk(store=nothing, core=nothing, writer=nothing, clock=WallClock())
    app = app_for("bakery", desk, verifier, "")
    add_routes(app, routers)
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app_with(bakery()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bakery", headers=token()) as client:
        yield client


def token(
    subject: str = "ann", role: Role = "requester", account: UUID | None = ACME, email: str | None = None
) -> dict[str, str]:
    caller = Caller(subject, role, account, email)
    return {"Authorization": "Bearer " + issue(SECRET, caller, now=WallClock().wall())}


def faults(answer: httpx2.Response, status: int = 422) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {error["field"]: error["detail"] for error in answer.json()["errors"]}


async def test_a_query_parameter_that_there_is_not_is_refused_with_those_that_there_are(
    client: httpx2.AsyncClient,
) -> None:
    told = faults(await client.get("/loaves?flour=rye&sort=age&q"))
    assert list(told) == ["sort", "q"]
    assert "any of flour, limit" in told["sort"]
    assert "there are none" in faults(await client.get("/loaves/1?x=1"))["x"]
    assert faults(await client.post("/loaves/1/slicing?thin=1"))["thin"]


async def test_a_list_may_be_given_several_times_and_what_is_none_may_not(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/loaves?flour=rye&flour=spelt")).json()["flour"] == ["rye", "spelt"]
    assert (await client.get("/loaves")).json()["flour"] is None
    assert "once" in faults(await client.get("/loaves?limit=1&limit=2"))["limit"]


async def test_who_shows_no_token_is_not_told_what_there_is(client: httpx2.AsyncClient) -> None:
    for answer in (
        await client.get("/loaves?sort=age", headers={"Authorization": ""}),
        await client.post("/loaves", content=b"rye", headers={"Authorization": "", "Content-Type": "text/plain"}),
    ):
        assert answer.status_code == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
async def test_a_body_that_is_no_json_is_unsupported(client: httpx2.AsyncClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post("/loaves", content=b'{"flour": "rye"}', headers=headers)
    assert "application/json" in faults(answer, 415)["Content-Type"]
    assert answer.headers["Accept"] == "application/json"


async def test_json_is_taken_by_any_of_its_names_and_uncompressed_only(client: httpx2.AsyncClient) -> None:
    for kind in ("application/json", "Application/JSON; charset=utf-8", "application/vnd.bakery+json"):
        answer = await client.post("/loaves", content=b'{"flour": "rye"}', headers={"Content-Type": kind})
        assert answer.status_code == 201, answer.text
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await client.post("/loaves", content=b"\x1f\x8b", headers=headers)
    assert faults(answer, 415)["Content-Encoding"]
    assert answer.headers["Accept-Encoding"] == "identity"


async def test_what_is_missing_or_too_much_in_a_body_is_named(client: httpx2.AsyncClient) -> None:
    assert "body" in faults(await client.post("/loaves"))
    assert faults(await client.post("/loaves", json={"flour": "rye", "salt": 1})).keys() == {"salt"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('{"flour": "rye", "flour": "rye"}', ["flour"]),
        ('{"flour": "rye", "slices": 1, "grams": 9, "slices": 2, "grams": 8}', ["slices", "grams"]),
        ('{"flour": "rye", "of": [{"a": 1, "a": 2}]}', ["a"]),
        ('{"flour": "rye", "slices": true}', ["slices"]),
        ('{"flour": "rye", "slices": 1.0}', ["slices"]),
        ('{"flour": "rye", "grams": false}', ["grams"]),
        ('{"flour": "rye", "grams": 1e2}', ["grams"]),
        ('{"flour": "rye", "salted": 1}', ["salted"]),
        ('{"flour": "rye", "salted": "false"}', ["salted"]),
        ('{"flour": true}', ["flour"]),
    ],
)
async def test_a_body_says_one_thing_and_each_value_is_of_its_kind(
    client: httpx2.AsyncClient, body: str, fields: list[str]
) -> None:
    headers = {"Content-Type": "application/json"}
    assert list(faults(await client.post("/loaves", content=body, headers=headers))) == fields


async def test_a_body_that_comes_in_pieces_is_read_by_the_route(client: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"flour": "rye",', b'"grams"', b": 400}"):
            yield piece

    answer = await client.post("/scales", content=pieces(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, 400)


async def test_a_character_that_no_database_takes_is_named_with_its_field(client: httpx2.AsyncClient) -> None:
    assert faults(await client.get("/loaves?flour=rye&flour=%00")).keys() == {"flour"}
    assert faults(await client.post("/loaves/%00/slicing")).keys() == {"number"}


async def test_a_version_is_asked_for_only_where_something_is_changed(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/scales", json={"flour": "rye"}, headers={"If-Match": '"3"'})
    assert faults(answer).keys() == {"If-Match"}


async def test_a_body_where_none_is_taken_is_refused(client: httpx2.AsyncClient) -> None:
    assert faults(await client.post("/loaves/1/slicing", json={"thin": True})).keys() == {"body"}
    assert (await client.post("/loaves/1/slicing", json={})).status_code == 200


async def test_what_is_to_be_made_has_no_version_that_could_match(client: httpx2.AsyncClient) -> None:
    for tag in ('"3"', "*"):
        answer = await client.post("/loaves", json={"flour": "rye"}, headers={"If-Match": tag})
        assert "no version yet" in faults(answer)["If-Match"]


@pytest.mark.parametrize(
    ("tag", "version"), [('"3"', 3), ("3", 3), ('"3-0123456789abcdef"', 3), ('W/"3-0123456789abcdef"', 3), ("*", None)]
)
async def test_a_tag_that_we_gave_says_which_version_was_read(
    client: httpx2.AsyncClient, tag: str, version: int | None
) -> None:
    answer = await client.post("/loaves/1/slicing", headers={"If-Match": tag})
    assert answer.json()["version"] == version


@pytest.mark.parametrize("tag", ["abc", '"3", "4"', '"-3"', '""', '"99999999999"'])
async def test_another_tag_is_refused(client: httpx2.AsyncClient, tag: str) -> None:
    assert faults(await client.post("/loaves/1/slicing", headers={"If-Match": tag})).keys() == {"If-Match"}


async def test_a_header_that_is_given_twice_is_refused(client: httpx2.AsyncClient) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two"), *token().items()]
    assert faults(await client.post("/loaves/1/slicing", headers=headers)).keys() == {"Idempotency-Key"}


async def test_a_key_belongs_to_account_role_and_person(client: httpx2.AsyncClient) -> None:
    people = [
        token(),
        token(account=UUID(int=2)),
        token(role="account-admin"),
        token("bob"),
        token(email="ann@acme.example"),
        token(email="bob@acme.example"),
        token("ann\nrequester", account=UUID(int=1)),
        token(role="engineer", account=None),
    ]
    answers = [await client.post("/loaves/1/slicing", headers={"Idempotency-Key": "k"} | who) for who in people]
    ids = [answer.json()["id"] for answer in answers]
    assert len(set(ids)) == len(people)
    again = [await client.post("/loaves/1/slicing", headers={"Idempotency-Key": "k"} | who) for who in people]
    assert [answer.json()["id"] for answer in again] == ids


async def test_a_retry_is_the_same_in_its_query_too() -> None:
    routes = APIRouter()

    @routes.post("/slicing")
    async def slicing(origin: Origin, thin: bool = False) -> str:
        return origin.request_hash.hex()

    transport = httpx2.ASGITransport(app_with(routes))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bakery", headers=token()) as client:
        hashes = {(await client.post(f"/slicing?thin={thin}")).text for thin in (0, 1, 1)}
    assert len(hashes) == 2


async def test_other_bytes_have_another_tag_and_the_same_bytes_the_same(client: httpx2.AsyncClient) -> None:
    tags = [(await client.get(path)).headers["ETag"] for path in ("/loaves", "/loaves", "/loaves?flour=rye")]
    assert tags[0] == tags[1] != tags[2]
    first, second = [(await client.get(f"/loaves/{n}")).headers["ETag"] for n in (1, 2)]
    assert first != second
    assert first.startswith('"3-')
    assert "ETag" not in (await client.get("/loaves?sort=x")).headers


async def test_what_a_client_has_already_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    tag = (await client.get("/loaves/1")).headers["ETag"]
    for has in (tag, f'"x", W/{tag}'):
        answer = await client.get("/loaves/1", headers={"If-None-Match": has})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert (await client.get("/loaves/1", headers={"If-None-Match": '"3"'})).status_code == 200


async def test_a_method_that_is_none_here_is_refused_with_all_that_are(client: httpx2.AsyncClient) -> None:
    answer = await client.delete("/loaves")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert answer.json()["detail"] == "Use one of GET, HEAD, POST."
    assert (await client.get("/loaves/1/slicing")).headers["Allow"] == "POST"
    options = await client.options("/loaves/7")
    assert (options.status_code, options.headers["Allow"], options.content) == (204, "GET, HEAD", b"")
    assert (await client.options("/nowhere")).status_code == 404


async def test_whatever_can_be_read_can_be_asked_for_its_headers_alone(client: httpx2.AsyncClient) -> None:
    read, head = await client.get("/loaves/1"), await client.head("/loaves/1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == read.headers
    assert (await client.head("/loaves/1/slicing")).status_code == 405


async def test_a_page_that_people_reach_by_a_link_bears_what_the_link_gathered() -> None:
    router = APIRouter()

    @router.get("/page", response_class=HTMLResponse)
    async def page(rating: str = "") -> str:
        return f"<p>{rating}</p>"

    transport = httpx2.ASGITransport(app_with(router))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        answer = await client.get("/page?rating=4&utm_source=mail")
    assert (answer.status_code, answer.text) == (200, "<p>4</p>")


@pytest.mark.parametrize("point", SERVICES, ids=lambda point: point.name)
async def test_no_route_of_a_service_passes_over_a_parameter(point: Any) -> None:
    routers = point.load().routers
    transport = httpx2.ASGITransport(app_with(*routers))
    names = dict.fromkeys(
        (
            "ticket_id",
            "number",
            "account_id",
            "message_id",
            "key",
            "notification_id",
            "subject_id",
            "token",
            "name",
            "id",
        ),
        str(uuid4()),
    )
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk", headers=token()) as client:
        for route in (route for router in routers for route in router.routes):
            assert isinstance(route, APIRoute)
            if route.response_class is HTMLResponse:
                continue
            assert isinstance(route.app, StrictRoute)
            for method in route.methods or ():
                path = route.path.format_map(names | {"metric": "response", "promise": "update", "attachment": "1"})
                assert list(faults(await client.request(method, f"{path}?nonsense=1"))) == ["nonsense"], path
                for parameter in route.dependant.query_params:
                    if datetime in kinds(parameter.field_info.annotation):
                        origin = f"{path}?{parameter.alias}=2026-07-13T13:30:00"
                        assert list(faults(await client.request(method, origin))) == [parameter.alias], origin
                if route.body_field is not None:
                    assert issubclass(cast(type, route.body_field.field_info.annotation), Body)
                    answer = await client.request(method, path, content=b"x", headers={"Content-Type": "text/plain"})
                    assert faults(answer, 415), path
