"""Staff who answer a notification by mail write on its ticket, if the mail server in front vouches for them."""

import secrets
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import SECRET, TestDesk, eventually
from tests.integration.intake.conftest import Customer, opened
from tests.integration.intake.post import MAILBOX, kept, send, written

from contracts.message_ids import message_id
from kit.signed.reply_address import reply_address

EVE = "eve@desk.punctual.local"
VOUCHED = "mx.punctual.local; dkim=pass header.d=desk.punctual.local"
QUOTED = "We replace the disk tonight.\n\nOn Monday, Support wrote:\n> P-1 has no initial response yet.\n"


async def answered(intake: TestDesk, ticket: dict[str, Any], body: str = QUOTED, **headers: str) -> dict[str, Any]:
    """What became of a mail that answers a notification about the ticket."""
    subject = f"Re: {secrets.token_hex(6)}"
    ours = message_id(UUID(ticket["ticket_id"]), uuid4(), "punctual.local")
    given = {"In_Reply_To": ours, "Authentication_Results": VOUCHED} | headers
    sender = given.pop("From", EVE)
    await send(intake, bytes(written(sender, subject, body, **{k: v for k, v in given.items() if v})))
    return await kept(intake, subject)


async def said(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> list[tuple[str, ...]]:
    shown = (await client.get(f"/v1/tickets/{ticket['number']}")).json()["messages"]
    return [(one["kind"], one["author"], one["actor"], one["body"]) for one in shown]


async def test_it_is_a_message_of_theirs_without_what_it_quotes(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    mail = await answered(intake, ticket)
    assert (mail["state"], mail["target"], mail["number"]) == ("performed", "staff", ticket["number"])
    said_so = [("message", "staff", "eve", "We replace the disk tonight.")]
    assert await said(engineer, ticket) == await said(customer.client, ticket) == said_so
    history = (await engineer.get(f"/v1/tickets/{ticket['number']}/events")).json()["events"]
    assert (history[-1]["role"], history[-1]["data"]["contact"], history[-1]["data"]["channel"]) == (
        "engineer",
        True,
        "email",
    )


async def test_it_is_the_initial_response_only_if_it_says_so_and_that_is_owed(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    for body in ("I look into it.", "States: plan\n\nWe replace it.", "*States:* a resolution\nIt is replaced."):
        assert (await answered(intake, ticket, body))["state"] == "performed"
    assert [(kind, text) for kind, *_, text in await said(engineer, ticket)] == [
        ("message", "I look into it."),
        ("initial-response", "We replace it."),
        ("message", "It is replaced."),
    ]
    assert (await engineer.get(f"/v1/tickets/{ticket['number']}")).json()["status"] == "responded"


async def test_the_whole_of_it_stays_among_staff(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    for body in (QUOTED, f"States: plan\n{QUOTED}"):
        await answered(intake, ticket, body)
    theirs = (await customer.client.get(f"/v1/tickets/{ticket['number']}")).json()["messages"]
    ours = (await engineer.get(f"/v1/tickets/{ticket['number']}")).json()["messages"]
    assert [one["whole"] for one in theirs] == [None, None]
    for one in ours:
        assert "P-1 has no initial response" in (await engineer.get(one["whole"])).json()["text"]
        assert (await customer.client.get(one["whole"])).status_code == 404


async def test_it_may_be_a_note_that_the_requester_does_not_see(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    await answered(intake, ticket, "Public: no\nStates: plan\nThe old fault.")
    assert await said(engineer, ticket) == [("message", "staff", "eve", "The old fault.")]
    assert await said(customer.client, ticket) == []


@pytest.mark.parametrize(
    ("headers", "becomes"),
    [
        ({"Authentication_Results": ""}, ("unmatched", "not-vouched-for")),
        (
            {"Authentication_Results": "mx.evil.example; dkim=pass header.d=desk.punctual.local"},
            ("unmatched", "not-vouched-for"),
        ),
        (
            {"Authentication_Results": "mx.punctual.local; dkim=pass header.d=evil.example"},
            ("unmatched", "not-vouched-for"),
        ),
        ({"From": f"{EVE}, mallory@evil.example"}, ("unmatched", "not-vouched-for")),
        ({"Auto_Submitted": "auto-replied"}, ("ignored", "auto-submitted")),
        ({"In_Reply_To": ""}, ("unmatched", "unknown-sender")),
        ({"From": "eve@elsewhere.example"}, ("unmatched", "unknown-sender")),
    ],
)
async def test_whoever_is_not_vouched_for_is_not_heard(
    intake: TestDesk,
    customer: Customer,
    engineer: httpx2.AsyncClient,
    headers: dict[str, str],
    becomes: tuple[str, str],
) -> None:
    ticket = await opened(customer.client)
    mail = await answered(intake, ticket, **headers)
    assert (mail["state"], mail["reason"]) == becomes
    assert await said(engineer, ticket) == []


async def test_what_may_not_be_said_so_waits_for_a_person_and_names_why(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ticket = await opened(customer.client)
    nothing_new = await answered(intake, ticket, "> P-1 has no initial response yet.\n")
    assert (nothing_new["state"], nothing_new["reason"].partition(":")[0]) == ("failed", "blank")
    by_vp = {"From": "VP@desk.punctual.local"}
    refused = await answered(intake, ticket, "States: plan\nWe do it.", **by_vp)
    assert (refused["state"], refused["reason"].partition(":")[0]) == ("failed", "role-not-allowed")
    assert (await answered(intake, ticket, "I heard of it.", **by_vp))["state"] == "performed"
    assert await said(engineer, ticket) == [("message", "staff", "vp", "I heard of it.")]


async def test_it_may_go_to_the_signed_addresses_of_several_tickets(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    tickets = [await opened(customer.client) for _ in range(2)]
    to = [reply_address(MAILBOX, UUID(one["ticket_id"]), SECRET.encode()) for one in tickets]
    mail = written(EVE, f"Both {secrets.token_hex(6)}", "Both are known.", Authentication_Results=VOUCHED, Cc=to[1])
    mail.replace_header("To", to[0])
    await send(intake, bytes(mail), to=to[0])

    async def both() -> bool:
        return all([await said(engineer, one) == [("message", "staff", "eve", "Both are known.")] for one in tickets])

    assert await eventually(both)
