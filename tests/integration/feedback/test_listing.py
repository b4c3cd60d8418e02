"""Lists of feedback and complaints: each filter, and page by page."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import typer
from tests.desk import TestDesk, eventually
from tests.integration.feedback.conftest import Asked
from tests.integration.teller import Teller
from typer.testing import CliRunner

from contracts.names import shard_of_stream
from contracts.tickets import Details, TicketOpened
from punctual.commands import refold


@pytest.fixture
async def ann(feedback: TestDesk) -> httpx2.AsyncClient:
    """A customer whose account has said nothing yet."""
    return feedback.client("feedback", "requester", uuid4())


async def said(client: httpx2.AsyncClient, **body: Any) -> str:
    answer = await client.post("/v1/feedback", json={"text": "Three days without a word."} | body)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


async def numbers(client: httpx2.AsyncClient, path: str = "/v1/feedback", **asked: Any) -> list[str]:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["number"] for one in answer.json()["items"]]


async def test_what_concerns_a_ticket_is_found_by_its_number(
    feedback: TestDesk, anybody: httpx2.AsyncClient, asked: Asked
) -> None:
    await anybody.post(f"/s/{asked.token()}", data={"rating": "1", "comment": "Slow.", "complaint": "yes"})
    staff = feedback.client("feedback")
    (found,) = [
        one
        for one in (await staff.get("/v1/feedback", params={"about": "p-1042"})).json()["items"]
        if one["about_number"] == "P-1042" and one["account_id"]
    ][:1]
    assert found["number"] in await numbers(staff, "/v1/complaints", about="P-1042")
    assert await numbers(staff, about="P-99999999") == []
    assert await numbers(staff, about=["P-1", "P-1042"]) == await numbers(staff, about="P-1042")
    stranger = feedback.client("feedback", "requester", uuid4())
    assert await numbers(stranger, about="P-1042") == [], "it is another account's"


async def test_each_filter_lets_through_what_it_names(feedback: TestDesk, ann: httpx2.AsyncClient) -> None:
    praise, complaint = await said(ann, kind="praise"), await said(ann, kind="complaint")
    urgent, ended = await said(ann, urgent=True), await said(ann, kind="complaint")
    assert (await ann.post(f"/v1/complaints/{ended}/withdrawal", json={})).status_code == 200
    vp, ceo = feedback.client("feedback", "vp"), feedback.client("feedback", "ceo")
    named = {"reviewer": "support-manager", "reason": "It is about the VP."}
    assert (await ceo.post(f"/v1/complaints/{complaint}/reviewer", json=named)).status_code == 200
    account = (await ann.get(f"/v1/feedback/{praise}")).json()["account_id"]

    async def of(path: str, **asked: Any) -> set[str]:
        return set(await numbers(vp, path, account_id=account, **asked))

    assert await of("/v1/feedback", number=[praise.lower(), "F-1"]) == {praise}
    assert await of("/v1/complaints", number=praise) == set()
    assert await of("/v1/feedback", urgent=True) == {urgent}
    assert await of("/v1/complaints", urgent=False) == {complaint, ended}
    assert await of("/v1/complaints", reviewer="support-manager") == {complaint}
    assert await of("/v1/complaints", reviewer="vp") == {urgent, ended}
    assert await of("/v1/complaints", open=True) == {complaint, urgent}
    assert await of("/v1/complaints", open=False) == {ended}
    assert await of("/v1/complaints", open=True, urgent=False, reviewer="support-manager") == {complaint}


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/complaints"])
async def test_pages_have_each_once_also_with_filters(ann: httpx2.AsyncClient, path: str) -> None:
    every = [await said(ann, kind="complaint") for _ in range(5)]
    seen: list[str] = []
    where: str | None = f"{path}?limit=2&open=true"
    while where:
        answer = await ann.get(where)
        assert answer.status_code == 200, answer.text
        seen += [one["number"] for one in answer.json()["items"]]
        await said(ann, kind="complaint")
        link = answer.headers.get("link")
        where = link.partition("<")[2].partition(">")[0] if link else None
    assert seen == every[::-1]


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/complaints"])
async def test_a_filter_that_is_none_is_refused_by_name(ann: httpx2.AsyncClient, path: str) -> None:
    for wrong, field in (
        ({"reviewer": "vp"}, "reviewer"),
        ({"reviewer": "ceo"}, "reviewer"),
        ({"account_id": str(uuid4())}, "account_id"),
        ({"about": "x" * 41}, "about"),
        ({"open": "perhaps"}, "open"),
        ({"urgent": "2"}, "urgent"),
        ({"q": "slow"}, "q"),
        ({"cursor": "x"}, "cursor"),
        ({"limit": "501"}, "limit"),
        ({"number": "a\0b"}, "number"),
    ):
        answer = await ann.get(path, params=wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert field in {one["field"] for one in answer.json()["errors"]}, answer.text


async def opened(intake: Teller, account_id: UUID) -> TicketOpened:
    """A ticket of that account."""
    ticket_id, subject_id = uuid4(), uuid4()
    event = TicketOpened(
        ticket_id=ticket_id,
        number=f"P-{ticket_id.int % 10**9 + 1}",
        account_id=account_id,
        subject_id=subject_id,
        account_version=1,
        channel="portal",
        severity=2,
        priority="normal",
        tier="enlist",
        calendar=None,
        details=Details(),
        missing=(),
        title="No light",
        description="It is dark.",
        email="ann@customer.example",
    )
    async with intake.store.transaction() as tx:
        await intake.core.vault.keys(tx, [subject_id], make=[subject_id])
    await intake.tell(event)
    return event


async def complain(client: httpx2.AsyncClient, number: str) -> int:
    body = {"text": "Nobody answers.", "kind": "complaint", "about": number}
    return (await client.post("/v1/feedback", json=body)).status_code


async def test_what_concerns_an_open_ticket_is_found_too(feedback: TestDesk, intake: Teller) -> None:
    account = uuid4()
    ann, ticket = feedback.client("feedback", "requester", account), await opened(intake, account)

    async def taken() -> bool:
        return await complain(ann, ticket.number) == 201

    assert await eventually(taken)
    assert len(await numbers(ann, "/v1/complaints", about=ticket.number)) == 1


async def test_tickets_from_before_an_upgrade_are_found_again_by_a_refold(feedback: TestDesk, intake: Teller) -> None:
    account = uuid4()
    ann, ticket = feedback.client("feedback", "requester", account), await opened(intake, account)
    database = await asyncpg.connect(feedback.dsns["feedback"].owner)
    try:

        async def forgotten() -> bool:
            return str(await database.execute("DELETE FROM tickets WHERE number = $1", ticket.number)) == "DELETE 1"

        assert await eventually(forgotten)
    finally:
        await database.close()
    assert await complain(ann, ticket.number) == 422
    app, shard = typer.Typer(), shard_of_stream(f"ticket-{ticket.ticket_id}")
    refold.register(app)
    answer = await asyncio.to_thread(CliRunner().invoke, app, ["tickets", "--shard", str(shard)])
    assert answer.exit_code == 0, answer.output
    assert await complain(ann, ticket.number) == 201
