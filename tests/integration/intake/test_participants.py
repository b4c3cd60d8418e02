"""Who takes part in a ticket beside its requester: by mail, by the portal, and as staff say."""

import secrets
from typing import Any
from uuid import UUID

import httpx2
from tests.desk import SECRET, TestDesk
from tests.integration.intake.conftest import Customer, client_of, opened, problem, register
from tests.integration.intake.post import MAILBOX, kept, send, written

from kit.signed.reply_address import reply_address


async def mailed(intake: TestDesk, sender: str, ticket: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """What became of a mail, on that ticket if there is one."""
    subject = f"Hello {secrets.token_hex(6)}"
    to = reply_address(MAILBOX, UUID(ticket["ticket_id"]), SECRET.encode()) if ticket else MAILBOX
    mail = written(sender, subject, "And?", **headers)
    await send(intake, bytes(mail), to=to)
    return await kept(intake, subject)


async def part(engineer: httpx2.AsyncClient, number: str) -> list[tuple[str, str]]:
    """Who takes part, and why."""
    shown = (await engineer.get(f"/v1/tickets/{number}")).json()["participants"]
    return [(one["email"], one["because"]) for one in shown]


async def test_who_writes_or_is_named_takes_part_if_they_are_of_the_account(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    here, other = customer.domain, await register(intake)
    cc = f"Bob <bob@{here}>, eve@{other.domain}, x@nowhere.example, {MAILBOX}, no-reply@{here}, carol@sub.{here}"
    mail = await mailed(intake, f"ann@{here}", Cc=cc)
    assert await part(engineer, mail["number"]) == [(f"bob@{here}", "copied"), (f"carol@sub.{here}", "copied")]
    dan = client_of(intake, "requester", customer.account_id, f"dan@{here}")
    for _ in range(2):
        answer = await dan.post(f"/v1/tickets/{mail['number']}/messages", json={"body": "Me too."})
        assert answer.status_code == 200, answer.text
    assert (await part(engineer, mail["number"]))[2:] == [(f"dan@{here}", "wrote")]
    await mailed(intake, f"fay@{here}", mail, Reply_To=f"team@{here}")
    assert (await part(engineer, mail["number"]))[3:] == [(f"team@{here}", "wrote")]


async def test_a_machine_s_mail_names_nobody(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    mail = await mailed(intake, f"ann@{customer.domain}", Cc=f"bob@{customer.domain}", Precedence="bulk")
    assert await part(engineer, mail["number"]) == []


async def test_whom_staff_add_from_outside_writes_on_that_ticket_and_no_other(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket, second = await opened(customer.client), await opened(customer.client)
    partner = f"pat@{secrets.token_hex(4)}.example"
    path = f"/v1/tickets/{ticket['number']}/participants"
    for _ in range(2):
        added = await engineer.post(path, json={"email": partner})
        assert added.status_code == 200, added.text
    assert await part(engineer, ticket["number"]) == [(partner, "staff")]
    said = await mailed(intake, partner, ticket)
    assert (said["state"], said["number"]) == ("performed", ticket["number"])
    for elsewhere in (second, None):
        assert (await mailed(intake, partner, elsewhere))["reason"] == "unknown-sender"
    assert await part(engineer, ticket["number"]) == [(partner, "staff")]
    subject = added.json()["subject_id"]
    history = (await engineer.get(f"/v1/tickets/{ticket['number']}/events")).json()["events"]
    assert [one["data"]["subject_id"] for one in history if one["type"] == "ticket.message-posted"] == [subject]
    for _ in range(2):
        assert (await engineer.delete(f"{path}/{subject}")).status_code == 200
    assert await part(engineer, ticket["number"]) == []
    assert (await mailed(intake, partner, ticket))["reason"] == "unknown-sender"


async def test_addresses_are_not_shown_to_one_another(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    number, bob = ticket["number"], f"bob-{secrets.token_hex(4)}@{customer.domain}"
    await engineer.post(f"/v1/tickets/{number}/participants", json={"email": bob})
    await mailed(intake, bob, ticket)
    for path in (f"/v1/tickets/{number}", f"/v1/tickets/{number}/events"):
        assert bob not in (await customer.client.get(path)).text
        assert bob in (await engineer.get(path)).text


async def test_what_can_not_be_is_refused_by_name(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    path = f"/v1/tickets/{ticket['number']}/participants"
    history = (await engineer.get(f"/v1/tickets/{ticket['number']}/events")).json()["events"]
    requester = history[0]["data"]["subject_id"]
    assert problem(await engineer.post(path, json={"email": "nobody"})) == (422, "invalid-request", ["email"])
    assert problem(await customer.client.post(path, json={"email": "a@b.example"}))[:2] == (403, "role-not-allowed")
    assert problem(await engineer.delete(f"{path}/{requester}"))[:2] == (409, "requester-takes-part")
    assert problem(await engineer.delete(f"{path}/nobody"))[:2] == (422, "invalid-request")
    assert problem(await engineer.post("/v1/tickets/P-999999999/participants", json={"email": "a@b.example"}))[:2] == (
        404,
        "ticket-unknown",
    )
