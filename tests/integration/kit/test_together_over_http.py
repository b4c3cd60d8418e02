"""Routes that give several commands: answered as one request, on the real store and in memory."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse
from tests.integration.kit.flow import CLOCK
from tests.integration.kit.test_perform import perform
from tests.integration.kit.test_together import lengths, two
from tests.integration.kit.toy import Broken, Drop, DropFirst, core, request, ticket_in

from contracts.causes import REQUEST
from kit.http.app import app_for
from kit.http.auth import Caller, Verifier, issue
from kit.http.command_origin import Origin
from kit.http.desk import Desk, Step, TheDesk, receipt
from kit.log.writer import Writer
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.store import Unavailable

Store = PostgresStore | MemoryStore
SECRET = "a secret for tests, long enough"
CALLER = Caller("eve", "engineer")
router = APIRouter()


@router.post("/jars/{jar}/pouring")
async def pour(
    jar: UUID, into: Annotated[UUID, Body()], coin: Annotated[int, Body()], origin: Origin, desk: TheDesk
) -> JSONResponse:
    """A coin into both; into the second only if it is empty."""
    drop, answer = Drop(ticket_id=jar, coin=coin), {"jar": str(jar)}
    steps = [
        Step("given", f"ticket-{jar}", drop, answer, lambda state: {"n": len(state.coins)}),
        Step("first", f"ticket-{into}", DropFirst(ticket_id=into)),
    ]
    first, second = await desk.perform_together(origin, steps)
    assert first.replayed == second.replayed
    return receipt(first, 201)


@pytest.fixture
async def desk(store: Store) -> Desk:
    writer = Writer(store, core(), CLOCK)
    return Desk(store=cast(Any, store), core=core(), writer=writer, clock=CLOCK)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    app = app_for("jars", desk, Verifier(SECRET, CLOCK), "")
    app.include_router(router)
    writing = asyncio.create_task(desk.writer.run())
    token = issue(SECRET, CALLER, now=time.time())
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://jars", headers={"Authorization": f"Bearer {token}"}
    ) as made:
        yield made
    writing.cancel()


async def poured(
    client: httpx2.AsyncClient, jar: UUID, into: UUID, *, coin: int = 1, **headers: str
) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post(f"/jars/{jar}/pouring", json={"into": str(into), "coin": coin}, headers=given)


def slug(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_both_are_recorded_at_one_instant_and_come_of_the_one_request(
    store: Store, desk: Desk, client: httpx2.AsyncClient
) -> None:
    one, other = two()
    answer = await poured(client, one, other)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.json() == {"jar": str(one), "n": 1, "version": 1}
    assert "Idempotent-Replayed" not in answer.headers
    [given], [first] = [await desk.facts(f"ticket-{jar}") for jar in (one, other)]
    assert given.recorded_at == first.recorded_at
    for fact in (given, first):
        assert fact.meta.actor == CALLER.subject
        assert fact.meta.cause
        assert fact.meta.cause.source == REQUEST
    assert given.meta.cause == first.meta.cause


async def test_the_same_request_again_has_the_stored_answer(store: Store, client: httpx2.AsyncClient) -> None:
    one, other = two()
    answer = await poured(client, one, other, Idempotency_Key="k", If_Match='"0"')
    await perform(store, request(Drop(ticket_id=one)))
    again = await poured(client, one, other, Idempotency_Key="k", If_Match='"0"')
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (201, answer.json(), "true")
    assert await lengths(store, one, other) == [2, 1]


async def test_another_request_under_the_same_key_is_refused_whichever_jars_it_is_about(
    store: Store, client: httpx2.AsyncClient
) -> None:
    one, other = two()
    await poured(client, one, other, Idempotency_Key="k")
    third = ticket_in(9)
    for into, coin in ((third, 1), (other, 2)):
        assert slug(await poured(client, one, into, coin=coin, Idempotency_Key="k")) == (422, "key-reused")
    assert await lengths(store, one, other, third) == [1, 1, 0]


async def test_a_refusal_of_either_leaves_nothing_and_is_a_problem(store: Store, client: httpx2.AsyncClient) -> None:
    one, other = two()
    assert slug(await poured(client, one, other, coin=-1)) == (Broken.status, Broken.slug)
    await perform(store, request(Drop(ticket_id=other)))
    assert slug(await poured(client, one, other)) == (409, "already-given")
    assert await lengths(store, one, other) == [0, 1]


async def test_if_match_is_about_what_the_route_names(store: Store, client: httpx2.AsyncClient) -> None:
    one, other = two()
    await perform(store, request(Drop(ticket_id=one)))
    assert slug(await poured(client, one, other, If_Match='"0"')) == (412, "changed-meanwhile")
    assert await lengths(store, one, other) == [1, 0]
    assert (await poured(client, one, other, If_Match='"1"')).status_code == 201


@pytest.mark.parametrize(("reason", "expected"), [("", "log-not-compared"), ("its log has parted", "log-stopped")])
async def test_a_shard_that_takes_nothing_is_a_503_unless_the_other_is_refused_for_good(
    store: Store, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, reason: str, expected: str
) -> None:
    monkeypatch.setattr("kit.log.together.COMPARISON_WAIT_SECONDS", 0.0)
    one, other = two()
    async with store.transaction() as tx:
        await tx.lease(uuid4(), [], 60)
        await tx.close(7, reason)
    answer = await poured(client, one, other)
    assert slug(answer) == (503, expected)
    assert answer.headers["Retry-After"]
    assert slug(await poured(client, one, other, coin=-1)) == (Broken.status, Broken.slug)
    assert await lengths(store, one, other) == [0, 0]


async def test_where_the_outcome_is_unknown_the_same_request_is_to_be_sent_again(
    desk: Desk, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any) -> Any:
        raise Unavailable("connection lost")

    monkeypatch.setattr(desk.writer, "perform_together", lost)
    answer = await poured(client, *two())
    assert slug(answer) == (503, "unavailable")
    assert "the same Idempotency-Key" in answer.json()["detail"]
