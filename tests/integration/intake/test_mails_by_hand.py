"""A mail that the mailroom could do nothing with waits for a person, who says what is to come of it."""

import secrets
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.intake.conftest import Customer, opened, problem
from tests.integration.intake.post import kept, send, written


@pytest.fixture
async def stranger(intake: TestDesk) -> dict[str, Any]:
    """A mail of somebody whom nobody knows."""
    return await waiting(intake)


async def waiting(intake: TestDesk, **headers: str) -> dict[str, Any]:
    subject = f"Who am I {secrets.token_hex(6)}"
    sender = f"eve@{secrets.token_hex(4)}.example"
    assert (await send(intake, bytes(written(sender, subject, "It is broken.", **headers)))).startswith("250")
    mail: dict[str, Any] = await kept(intake, subject)
    assert mail["state"] in ("unmatched", "ignored")
    return mail


async def performed(intake: TestDesk, key: str) -> dict[str, Any]:
    """The mail, once the mailroom has done what staff said."""

    async def look() -> dict[str, Any] | None:
        items = (await intake.client("intake").get("/v1/mails", params={"state": "performed"})).json()["items"]
        return next((one for one in items if one["key"] == key), None)

    found = await eventually(look)
    assert isinstance(found, dict)
    return found


async def test_staff_open_a_ticket_from_it_in_its_writer_s_name(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient, stranger: dict[str, Any]
) -> None:
    path, body = f"/v1/mails/{stranger['key']}/ticket", {"account_id": str(customer.account_id)}
    first = await engineer.post(path, json=body)
    assert first.status_code == 200, first.text
    done = await performed(intake, stranger["key"])
    again = await engineer.post(path, json=body)
    assert (again.status_code, again.json()["ticket_id"]) == (200, first.json()["ticket_id"])
    ticket = (await engineer.get(f"/v1/tickets/{done['number']}")).json()
    assert (ticket["ticket_id"], ticket["account_id"]) == (first.json()["ticket_id"], str(customer.account_id))
    assert (ticket["email"], ticket["title"]) == (stranger["from"], stranger["subject"])
    assert (done["reason"], done["handled_by"]) == ("by-hand", "a-engineer")
    assert (await engineer.get(f"/v1/mails/{stranger['key']}/raw")).status_code == 200
    for step, other in (("discarding", {"reason": "x"}), ("ticket", {"account_id": str(customer.account_id)})):
        answer = await engineer.post(f"/v1/mails/{stranger['key']}/{step}", json=other)
        assert answer.status_code == (200 if step == "ticket" else 409)


async def test_an_answer_to_it_finds_the_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    first = f"<{secrets.token_hex(8)}@pc.example>"
    mail = await waiting(intake, Message_ID=first)
    body = {"account_id": str(customer.account_id)}
    assert (await engineer.post(f"/v1/mails/{mail['key']}/ticket", json=body)).status_code == 200
    number = (await performed(intake, mail["key"]))["number"]
    subject = f"And {secrets.token_hex(6)}"
    await send(intake, bytes(written(mail["from"], subject, "Hello?", In_Reply_To=first)))
    assert (await kept(intake, subject))["number"] == number


async def test_staff_make_it_a_message_on_a_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket, mail = await opened(customer.client), await waiting(intake, List_Id="<a.b.example>")
    path = f"/v1/mails/{mail['key']}/message"
    for _ in range(2):
        answer = await engineer.post(path, json={"number": ticket["number"]})
        assert (answer.status_code, answer.json()["target"]) == (200, "message"), answer.text
        await performed(intake, mail["key"])
    shown = (await engineer.get(f"/v1/tickets/{ticket['number']}")).json()
    assert [message["body"] for message in shown["messages"]] == ["It is broken."]


async def test_staff_may_vouch_for_a_mail_that_the_mail_server_takes_for_forged(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket, subject = await opened(customer.client), f"It is me {secrets.token_hex(6)}"
    forged = {"Authentication_Results": "mx.punctual.local; dmarc=fail (p=reject) header.from=x"}
    await send(intake, bytes(written(f"ann@{customer.domain}", subject, "It is broken.", **forged)))
    mail = await kept(intake, subject)
    assert (mail["state"], mail["reason"], mail["number"]) == ("unmatched", "not-authentic", None)
    path = f"/v1/mails/{mail['key']}/message"
    assert (await engineer.post(path, json={"number": ticket["number"]})).status_code == 200
    assert (await performed(intake, mail["key"]))["number"] == ticket["number"]


async def test_of_staff_s_own_mail_it_makes_a_message_of_theirs(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket, subject = await opened(customer.client), f"Seen {secrets.token_hex(6)}"
    body = "Internal remark.\nPublic: no\n"
    await send(intake, bytes(written("eve@desk.punctual.local", f"Re: {subject} [{ticket['number']}]", body)))
    mail = await kept(intake, f"Re: {subject} [{ticket['number']}]")
    assert (mail["state"], mail["reason"]) == ("unmatched", "not-vouched-for")
    for _ in range(2):
        answer = await engineer.post(f"/v1/mails/{mail['key']}/message", json={"number": ticket["number"]})
        assert (answer.status_code, answer.json()["target"]) == (200, "staff"), answer.text
        await performed(intake, mail["key"])
    shown = (await engineer.get(f"/v1/tickets/{ticket['number']}")).json()["messages"]
    assert [(m["author"], m["actor"], m["public"], m["body"]) for m in shown] == [
        ("staff", "eve", False, "Internal remark.")
    ]


async def test_staff_discard_it_with_a_reason(
    intake: TestDesk, engineer: httpx2.AsyncClient, stranger: dict[str, Any]
) -> None:
    path = f"/v1/mails/{stranger['key']}/discarding"
    before = (await engineer.get("/v1/mails/counts")).json()
    assert problem(await engineer.post(path, json={"reason": " "}))[0] == 422
    for _ in range(2):
        answer = await engineer.post(path, json={"reason": "An advertisement."})
        assert (answer.status_code, answer.json()["state"]) == (200, "discarded"), answer.text
    after = (await engineer.get("/v1/mails/counts")).json()
    assert (after["discarded"], after["unmatched"]) == (before["discarded"] + 1, before["unmatched"] - 1)
    items = (await engineer.get("/v1/mails", params={"state": "discarded"})).json()["items"]
    (mail,) = [one for one in items if one["key"] == stranger["key"]]
    assert (mail["reason"], mail["handled_by"]) == ("An advertisement.", "a-engineer")


async def test_what_can_not_be_done_with_it_is_refused_by_name(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient, stranger: dict[str, Any]
) -> None:
    key, account = stranger["key"], {"account_id": str(customer.account_id)}
    refused = [
        (customer.client, key, "ticket", account, (403, "role-not-allowed")),
        (engineer, "0" * 64, "ticket", account, (404, "mail-unknown")),
        (engineer, key, "ticket", {"account_id": str(uuid4())}, (404, "account-unknown")),
        (engineer, key, "message", {"number": "P-999999999"}, (404, "ticket-unknown")),
        (engineer, key, "message", {}, (422, "invalid-request")),
    ]
    for client, name, step, body, expected in refused:
        answer = await client.post(f"/v1/mails/{name}/{step}", json=body)
        assert problem(answer)[:2] == expected, answer.text
    assert (await kept(intake, stranger["subject"]))["state"] == "unmatched"
    nobody = f"No sender {secrets.token_hex(6)}"
    await send(intake, f"Subject: {nobody}\r\n\r\nHello".encode(), sender="")
    unsigned = (await kept(intake, nobody))["key"]
    assert problem(await engineer.post(f"/v1/mails/{unsigned}/ticket", json=account))[:2] == (409, "no-sender")
