"""Asking for help by mail, over real SMTP."""

import asyncio
import secrets
from uuid import UUID, uuid4

import httpx2
from tests.desk import SECRET, TestDesk
from tests.integration.intake.conftest import Customer, client_of, opened, register
from tests.integration.intake.post import MAILBOX, kept, send, written

from contracts.message_ids import message_id
from kit.http.auth import subject_of
from kit.signed.reply_address import reply_address

LABELLED = "Product: Aurora\nVersion: 4.2\nOS: Debian\nOS version: 12\nSeverity: 1\nPriority: urgent\n\nIt crashes.\n"


def fresh(word: str = "Crash") -> str:
    return f"{word} {secrets.token_hex(6)}"


def new_id() -> str:
    return f"<{secrets.token_hex(6)}@pc.example>"


async def messages(client: httpx2.AsyncClient, number: str) -> list[str]:
    ticket = (await client.get(f"/v1/tickets/{number}")).json()
    return [message["body"] for message in ticket["messages"]]


async def test_a_mail_of_a_customer_opens_a_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject, ann = fresh(), f"ann@{customer.domain}"
    said = await send(intake, bytes(written(ann, subject, LABELLED, Message_ID=new_id())), sender=ann)
    assert said.startswith("250")
    mail = await kept(intake, subject)
    assert (mail["state"], mail["target"], mail["from"]) == ("performed", "ticket", ann)
    ticket = (await engineer.get(f"/v1/tickets/{mail['number']}")).json()
    assert (ticket["channel"], ticket["severity"], ticket["priority"]) == ("email", 1, "urgent")
    assert (ticket["status"], ticket["title"], ticket["email"]) == ("open", subject, ann)
    assert ticket["account_id"] == str(customer.account_id)
    assert ticket["details"]["os_version"] == "12"


async def test_p8_a_mail_without_the_required_information_waits_for_it(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject, ann = fresh(), f"Ann@{customer.domain.upper()}"
    await send(intake, bytes(written(ann, subject, "Product: Aurora\n\nIt crashes.")))
    mail = await kept(intake, subject)
    ticket = (await engineer.get(f"/v1/tickets/{mail['number']}")).json()
    assert ticket["missing"] == ["product_version", "os", "os_version"]
    assert (ticket["severity"], ticket["priority"]) == (3, "normal")
    answer = written(ann, f"Re: [{mail['number']}] {subject}", "Version: 4.2\nOS: Debian\nOS version: 12\n")
    await send(intake, bytes(answer))
    told = await kept(intake, f"Re: [{mail['number']}] {subject}")
    assert (told["target"], told["number"], told["reason"]) == ("message", mail["number"], "subject")
    assert (await engineer.get(f"/v1/tickets/{mail['number']}")).json()["status"] == "open"


async def test_mail_and_portal_know_a_person_as_the_same_subject(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    by_portal, subject = await opened(customer.client), fresh()
    await send(intake, bytes(written(f"Ann <ann@{customer.domain}>", subject)))
    numbers = [by_portal["number"], (await kept(intake, subject))["number"]]
    histories = [(await engineer.get(f"/v1/tickets/{number}/events")).json()["events"] for number in numbers]
    assert len({history[0]["data"]["subject_id"] for history in histories}) == 1
    assert {history[0]["role"] for history in histories} == {"requester"}


async def test_who_asked_by_mail_withdraws_it_in_the_portal(intake: TestDesk, customer: Customer) -> None:
    subject = fresh()
    await send(intake, bytes(written(f"Ann@{customer.domain}", subject)))
    number = (await kept(intake, subject))["number"]
    bob, ann = [
        client_of(intake, "requester", customer.account_id, email, subject=subject_of(SECRET, email))
        for email in (f"bob@{customer.domain}", f"ann@{customer.domain}")
    ]
    path = f"/v1/tickets/{number}/closing"
    assert (await bob.post(path, json={"cause": "withdrawn"})).status_code == 403
    assert (await ann.post(path, json={"cause": "withdrawn"})).status_code == 200


async def test_the_same_mail_twice_is_one_ticket_and_one_message(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject, ann = fresh(), f"ann@{customer.domain}"
    raw = bytes(written(ann, subject, Message_ID=new_id()))
    said = await asyncio.gather(*[send(intake, raw) for _ in range(5)])
    assert all(one.startswith("250") for one in said)
    number = (await kept(intake, subject))["number"]
    assert (await send(intake, raw)).startswith("250")
    await kept(intake, subject)
    reply = bytes(written(ann, f"Re: {number} {subject}", "More of it.", Message_ID=new_id()))
    for _ in range(2):
        assert (await send(intake, reply)).startswith("250")
    await kept(intake, f"Re: {number} {subject}")
    assert await messages(engineer, number) == ["More of it."]
    assert len((await customer.client.get("/v1/tickets")).json()["items"]) == 1


async def test_an_answer_finds_its_ticket_by_every_sign(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ann, first, subject = f"ann@{customer.domain}", new_id(), fresh()
    await send(intake, bytes(written(ann, subject, Message_ID=first)))
    mail = await kept(intake, subject)
    ticket_id = UUID(mail["ticket_id"])
    ours = message_id(ticket_id, uuid4(), "punctual.local")
    to = reply_address(MAILBOX, ticket_id, SECRET.encode())
    cases = [
        ("reply-address", {}, to),
        ("in-reply-to", {"In_Reply_To": ours}, MAILBOX),
        ("references", {"References": f"<unknown@root.example> {ours} <lost@x.example>"}, MAILBOX),
        ("in-reply-to", {"In_Reply_To": first}, MAILBOX),
        ("subject", {}, MAILBOX),
    ]
    for n, (sign, headers, recipient) in enumerate(cases):
        told = fresh("Answer") + (f" [{mail['number']}]" if sign == "subject" else "")
        assert (await send(intake, bytes(written(ann, told, f"Answer {n}", **headers)), to=recipient)).startswith("250")
        answer = await kept(intake, told)
        assert (answer["state"], answer["number"], answer["reason"]) == ("performed", mail["number"], sign)
    assert await messages(engineer, mail["number"]) == [f"Answer {n}" for n in range(len(cases))]


async def test_a_stranger_to_the_ticket_opens_one_that_links_to_it(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    theirs, other, subject = await opened(customer.client), await register(intake), fresh()
    told = f"{subject} [{theirs['number']}]"
    await send(intake, bytes(written(f"eve@{other.domain}", told)))
    mail = await kept(intake, told)
    assert (mail["target"], mail["account_id"]) == ("ticket", str(other.account_id))
    ticket = (await engineer.get(f"/v1/tickets/{mail['number']}")).json()
    assert ticket["related"] == theirs["ticket_id"]
    assert await messages(engineer, theirs["number"]) == []


async def test_nothing_of_another_account_s_ticket_shows_to_who_named_it(intake: TestDesk, customer: Customer) -> None:
    theirs, other, subject = await opened(customer.client), await register(intake), fresh()
    told = f"{subject} [{theirs['number']}]"
    await send(intake, bytes(written(f"eve@{other.domain}", told)))
    path = f"/v1/tickets/{(await kept(intake, told))['number']}"
    for read in (path, f"{path}/events", "/v1/tickets"):
        answer = await other.client.get(read)
        assert answer.status_code == 200
        assert theirs["ticket_id"] not in answer.text, read


async def test_who_is_known_by_address_needs_no_domain(intake: TestDesk, customer: Customer) -> None:
    address = f"{secrets.token_hex(4)}@freemail.example"
    bob = client_of(intake, "requester", customer.account_id, address)
    ticket, subject = await opened(bob), fresh()
    await send(intake, bytes(written(address, subject)))
    assert (await kept(intake, subject))["account_id"] == str(customer.account_id)
    await send(intake, bytes(written(address, f"{subject} [{ticket['number']}]")))
    assert (await kept(intake, f"{subject} [{ticket['number']}]"))["number"] == ticket["number"]


async def test_a_reply_reopens_a_closed_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    number = (await opened(customer.client))["number"]
    await customer.client.post(f"/v1/tickets/{number}/closing", json={"cause": "withdrawn"})
    subject = f"{fresh()} [{number}]"
    await send(intake, bytes(written(f"ann@{customer.domain}", subject)))
    await kept(intake, subject)
    assert (await engineer.get(f"/v1/tickets/{number}")).json()["status"] == "open"


async def test_a_burst_is_performed_in_the_order_it_came(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ann, first, subject = f"ann@{customer.domain}", new_id(), fresh()
    await send(intake, bytes(written(ann, subject, Message_ID=first)))
    for n in range(8):
        await send(intake, bytes(written(ann, f"Re {n}: {subject}", f"Message {n}", In_Reply_To=first)))
    last = await kept(intake, f"Re 7: {subject}")
    assert await messages(engineer, last["number"]) == [f"Message {n}" for n in range(8)]
