"""What somebody says about a ticket of which they complain already is part of that complaint, by whatever door."""

from typing import Any
from uuid import uuid4

import httpx2
from tests.desk import TestDesk, eventually
from tests.integration.feedback.conftest import closes
from tests.integration.feedback.test_listing import opened
from tests.integration.teller import Teller

from contracts.roles import Role

COMPLAINT = {"text": "Nobody answers.", "kind": "complaint"}


async def complains(client: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
    return await client.post("/v1/feedback", json=COMPLAINT | more)


async def decided(feedback: TestDesk, number: str) -> None:
    """The complaint goes on until the CEO has decided."""
    steps: list[tuple[Role, str, dict[str, str]]] = [
        ("vp", "outcome", {"found": "It was forgotten.", "measures": "A checklist."}),
        ("vp", "dispute", {"text": "She does not accept it, she says."}),
        ("ceo", "decision", {"decision": "We refund the month."}),
    ]
    for role, step, body in steps:
        answer = await feedback.client("feedback", role).post(f"/v1/complaints/{number}/{step}", json=body)
        assert answer.status_code == 200, answer.text


async def begun(client: httpx2.AsyncClient, about: str) -> str:
    """A complaint about a ticket, once feedback has heard of that."""

    async def taken() -> str:
        answer = await complains(client, about=about)
        return str(answer.json()["number"]) if answer.status_code == 201 else ""

    return str(await eventually(taken))


async def test_by_the_portal_it_is_part_of_the_open_complaint_without_a_deadline_of_its_own(
    feedback: TestDesk, intake: Teller
) -> None:
    account = uuid4()
    ann, vp = feedback.client("feedback", "requester", account), feedback.client("feedback", "vp")
    ticket = await opened(intake, account)
    number = await begun(ann, ticket.number)
    key = {"Idempotency-Key": str(uuid4())}
    more = COMPLAINT | {"text": "Still nobody.", "about": ticket.number, "urgent": True}
    first, again = [await ann.post("/v1/feedback", json=more, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()["number"]) == (200, number)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    found = (await vp.get(f"/v1/complaints/{number}")).json()
    assert [one["type"] for one in found["history"] if "text" in one["texts"]] == [
        "feedback.received",
        "feedback.added-to",
        "complaint.made-urgent",
    ]
    assert found["urgent"] is True
    assert (await complains(ann, about=ticket.number, kind="praise")).status_code == 201
    assert (await complains(ann)).status_code == 201, "about no ticket it is a matter of its own"


async def test_a_retry_finds_what_the_first_try_began_or_went_on_with(feedback: TestDesk, intake: Teller) -> None:
    account = uuid4()
    ann, ticket = feedback.client("feedback", "requester", account), await opened(intake, account)
    key, body = {"Idempotency-Key": str(uuid4())}, COMPLAINT | {"about": ticket.number}

    async def taken() -> Any:
        answer = await ann.post("/v1/feedback", json=body, headers=key)
        return answer if answer.status_code == 201 else None

    first = await eventually(taken)
    assert isinstance(first, httpx2.Response)
    assert (await ann.post("/v1/feedback", json=body, headers=key)).json() == first.json()
    other = {"Idempotency-Key": str(uuid4())}
    more = await ann.post("/v1/feedback", json=body, headers=other)
    assert (more.status_code, more.json()["number"]) == (200, first.json()["number"])
    assert (await ann.post(f"/v1/complaints/{more.json()['number']}/withdrawal", json={})).status_code == 200
    retried = await ann.post("/v1/feedback", json=body, headers=other)
    assert (retried.status_code, retried.json()) == (200, more.json())


async def test_with_a_rating_it_is_part_of_the_open_complaint(
    feedback: TestDesk, intake: Teller, client: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    account = uuid4()
    ann, vp = feedback.client("feedback", "requester", account), feedback.client("feedback", "vp")
    ticket = await opened(intake, account)
    number = await begun(ann, ticket.number)
    asked = await closes(
        client,
        intake,
        ticket_id=ticket.ticket_id,
        account_id=account,
        subject_id=ticket.subject_id,
        number=ticket.number,
        email="ann@customer.example",
    )
    for _ in range(2):
        answer = await anybody.post(f"/s/{asked.token()}", data={"rating": "1", "comment": "As I said: slow."})
        assert answer.status_code == 200, answer.text
    found = (await vp.get(f"/v1/complaints/{number}")).json()
    assert [one["texts"]["text"] for one in found["history"] if one["type"] == "feedback.added-to"] == [
        "As I said: slow."
    ]
    listed = (await ann.get("/v1/feedback", params={"about": ticket.number})).json()["items"]
    assert [one["number"] for one in listed] == [number]
    await decided(feedback, number)
    form = {"rating": "1", "comment": "And I complain again.", "complaint": "yes"}
    assert (await anybody.post(f"/s/{asked.token()}", data=form)).status_code == 200
    found = (await vp.get(f"/v1/complaints/{number}")).json()
    assert [one["words"] for one in found["history"]][-1].endswith("The decision stands.")
    listed = (await ann.get("/v1/feedback", params={"about": ticket.number})).json()["items"]
    assert [one["number"] for one in listed] == [number]


async def test_staff_say_how_they_were_told_and_customers_write_themselves(feedback: TestDesk) -> None:
    ann, engineer = feedback.client("feedback", "requester", uuid4()), feedback.client("feedback")
    for client, path, body in (
        (engineer, "/v1/feedback", COMPLAINT),
        (engineer, "/v1/feedback", COMPLAINT | {"channel": "survey"}),
        (ann, "/v1/feedback", COMPLAINT | {"channel": "telephone"}),
        (ann, f"/v1/feedback/{(await complains(ann)).json()['number']}/words", {"text": "x", "channel": "telephone"}),
    ):
        answer = await client.post(path, json=body)
        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["channel"]
    assert (await complains(engineer, channel="letter")).status_code == 201
