"""A conversation by mail alone: a customer, a colleague in Cc, an engineer who answers, a partner whom staff add."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import httpx2
import pytest
from tests.catching import mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses

from punctual.local.mailcatcher import MailCatcher

SUPPORT = "support@punctual.local"
ANN, BOB, EVE, PAT = "ann@kestrel.example", "bob@kestrel.example", "eve@desk.punctual.local", "pat@partner.example"
MX = "mx.punctual.local"
COMPLETE = "Product: Aurora\nVersion: 4.2\nOS: Debian\nOS version: 12\n\nIt crashes.\n"


@pytest.fixture
async def running(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    settings = mails_to(catcher) | {"INTAKE_AUTHSERV_IDS": MX}
    async with desk(stack, database, prefix, monkeypatch, ["intake", "notifier"], **settings) as made:
        yield made


class Post:
    """What goes in and comes out."""

    def __init__(self, running: TestDesk, catcher: MailCatcher) -> None:
        self._desk, self._catcher = running, catcher

    async def send(self, sender: str, body: str, answers: EmailMessage | None = None, **headers: str) -> None:
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = (answers["Reply-To"] or answers["From"]) if answers else SUPPORT
        mail["Subject"] = f"Re: {answers['Subject']}" if answers else "It crashes"
        if answers:
            mail["In-Reply-To"] = answers["Message-ID"]
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        quoted = "".join(f"> {line}\n" for line in text_of(answers).splitlines()) if answers else ""
        mail.set_content(f"{body}\n\nOn Monday, Support wrote:\n{quoted}" if answers else body)
        await asyncio.to_thread(self._hand_over, mail, sender)

    def _hand_over(self, mail: EmailMessage, sender: str) -> None:
        with smtplib.SMTP("127.0.0.1", self._desk.smtp, timeout=20) as server:
            server.send_message(mail, from_addr=sender, to_addrs=[mail["To"].addresses[0].addr_spec])

    async def got(self, to: str, words: str) -> EmailMessage:
        """The mail to that address in which these words are."""

        async def look() -> Any:
            return next((mail for mail in await self.all(to) if words in text_of(mail)), None)

        found = await eventually(look, 40)
        assert isinstance(found, EmailMessage)
        return found

    async def all(self, to: str) -> list[EmailMessage]:
        """All mails to that address."""
        async with httpx2.AsyncClient(base_url=self._catcher.url) as client:
            listed = (await client.get("api/messages", params={"to": to})).json()
            raws = [(await client.get(f"api/messages/{one['id']}/raw")).content for one in listed]
        mails = [message_from_bytes(raw, policy=default) for raw in raws]
        return [mail for mail in mails if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


async def test_all_who_take_part_hear_what_an_engineer_answers_by_mail(running: TestDesk, catcher: MailCatcher) -> None:
    post, engineer = Post(running, catcher), running.client("intake", "engineer")
    account = {"name": "Kestrel", "tier": "patrol", "domains": ["kestrel.example"]}
    assert (await running.client("intake", "admin").post("/v1/accounts", json=account)).status_code == 201

    await post.send(ANN, COMPLETE, Cc=f"{BOB}, eve@rival.example")
    receipt = await post.got(ANN, "Thank you for writing")
    (ticket,) = (await engineer.get("/v1/tickets")).json()["items"]
    path = f"/v1/tickets/{ticket['number']}"
    assert (await engineer.post(f"{path}/participants", json={"email": PAT})).status_code == 200

    async def joined() -> bool:
        shown = (await engineer.get(path)).json()["participants"]
        return [one["email"] for one in shown] == [BOB, PAT]

    assert await eventually(joined)
    vouched = f"{MX}; dkim=pass header.d=desk.punctual.local"
    await post.send(EVE, "States: plan\n\nWe replace the disk.", receipt, Authentication_Results=vouched)
    answers = [await post.got(who, "We replace the disk.") for who in (ANN, BOB, PAT)]
    assert (await engineer.get(path)).json()["status"] == "responded"
    for who, mail in zip((ANN, BOB, PAT), answers, strict=True):
        assert all(other not in mail.as_string() for other in {ANN, BOB, PAT, EVE} - {who})
        assert "Thank you for writing" not in text_of(mail)

    await post.send(PAT, "It is on stock.", answers[2])
    await post.send(BOB, "Good.", answers[1])

    async def said() -> bool:
        shown = (await engineer.get(path)).json()["messages"]
        return [(one["author"], one["body"]) for one in shown] == [
            ("staff", "We replace the disk."),
            ("requester", "It is on stock."),
            ("requester", "Good."),
        ]

    assert await eventually(said)
    assert [len(await post.all(who)) for who in (ANN, BOB, PAT, "eve@rival.example")] == [2, 1, 1, 0]
