"""A mail survives whatever happens between 250 and the ticket, and becomes one all the same."""

import secrets

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk
from tests.integration.intake.conftest import Customer, register
from tests.integration.intake.post import kept, mails, send, written
from tests.stack import Addresses

from intake.mailroom.process import Processor
from punctual.local.databases import Dsns


async def again(intake: TestDesk, key: str, change: str = "state = 'stored'") -> None:
    """As if the process had been killed before it could say that the mail is done."""
    connection = await asyncpg.connect(intake.dsns["intake"].app)
    await connection.execute(f"UPDATE mails SET {change} WHERE key = $1", key)
    await connection.close()


async def test_killed_after_performing_it_is_not_performed_twice(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    ann, subject = f"ann@{customer.domain}", secrets.token_hex(6)
    await send(intake, bytes(written(ann, subject)))
    first = await kept(intake, subject)
    reply = f"Re: {first['number']} {subject}"
    await send(intake, bytes(written(ann, reply, "More.")))
    message = await kept(intake, reply)
    for key in (first["key"], message["key"], first["key"]):
        await again(intake, key)
        assert (await kept(intake, subject))["number"] == first["number"]
        assert (await kept(intake, reply))["state"] == "performed"
    events = (await engineer.get(f"/v1/tickets/{first['number']}/events")).json()["events"]
    assert [event["type"] for event in events].count("ticket.message-posted") == 1
    assert len((await customer.client.get("/v1/tickets")).json()["items"]) == 1


async def test_killed_before_performing_it_is_performed_by_the_next_process(
    stack: Addresses, database: Factory, intake_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsns, subject = await database("intake"), secrets.token_hex(6)

    async def same(_: str) -> Dsns:
        return dsns

    async def nothing(self: Processor) -> int:
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Processor, "process_some", nothing)
        async with desk(stack, same, intake_prefix, monkeypatch, ["intake"]) as before:
            customer = await register(before)
            assert (await send(before, bytes(written(f"ann@{customer.domain}", subject)))).startswith("250")
            assert [mail["state"] for mail in await mails(before)] == ["stored"]
    async with desk(stack, same, intake_prefix, monkeypatch, ["intake"]) as after:
        mail = await kept(after, subject)
        assert mail["state"] == "performed"
        assert (await after.client("intake").get(f"/v1/tickets/{mail['number']}")).json()["title"] == subject


async def test_what_can_not_be_stored_is_given_back_to_be_sent_again(intake: TestDesk, customer: Customer) -> None:
    raw = bytes(written(f"ann@{customer.domain}", subject := secrets.token_hex(6)))
    connection = await asyncpg.connect(intake.dsns["intake"].owner)
    async with connection.transaction():
        await connection.execute("LOCK TABLE mails IN ACCESS EXCLUSIVE MODE")
        assert (await send(intake, raw)).startswith("451")
    await connection.close()
    assert (await send(intake, raw)).startswith("250")
    assert (await kept(intake, subject))["state"] == "performed"


async def test_a_mail_that_can_not_be_read_any_more_says_so_and_the_rest_goes_on(
    intake: TestDesk, customer: Customer
) -> None:
    ann, bad, good = f"ann@{customer.domain}", secrets.token_hex(6), secrets.token_hex(6)
    await send(intake, bytes(written(ann, bad)))
    mail = await kept(intake, bad)
    # With another target it is one that was not performed before.
    await again(intake, mail["key"], r"state = 'stored', raw = '\x00', target = 'message'")
    await send(intake, bytes(written(ann, good)))
    assert (await kept(intake, good))["state"] == "performed"
    spoilt = await kept(intake, bad)
    assert spoilt["state"] == "failed"
    assert "doesn't open" in spoilt["reason"]
