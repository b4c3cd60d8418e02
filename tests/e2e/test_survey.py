"""Closed tickets on a desk whose clock runs fast: who is asked, who answers where, and who is reminded, once (P16)."""

import time
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.catching import fast_clock, mails_to
from tests.conftest import Factory
from tests.desk import SECRET, TestDesk, desk, eventually
from tests.e2e.test_ticket_life import Life, text_of
from tests.stack import Addresses

from kit.http.auth import Caller, issue
from punctual.local.mailcatcher import MailCatcher

SPEED = 43_200.0
"""Half a day in a second: five working days and a weekend are fourteen seconds."""
ANN = "ann@customer.example"
DETAILS = {"product": "Desk", "product_version": "1", "os": "Linux", "os_version": "6"}


@pytest.fixture
async def running(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    settings = mails_to(catcher) | fast_clock(SPEED, "2026-07-13T13:00:00+00:00")
    async with desk(stack, database, prefix, monkeypatch, **settings) as made:
        yield made


class Desk(Life):
    """What is said and seen of several tickets."""

    async def closed(self, client: httpx2.AsyncClient, **more: Any) -> tuple[str, UUID]:
        """The number and the id of a ticket that somebody opened and an engineer answered and closed."""
        body = {
            "title": "It stops",
            "description": "Every hour.",
            "severity": 4,
            "priority": "normal",
            "details": DETAILS,
        } | more
        opened = await client.post("/v1/tickets", json=body)
        assert opened.status_code == 201, opened.text
        self.number = opened.json()["number"]
        await self.act("response", states="resolution", body="Restart it.")
        await self.act("resolution", resolution="Restarted.")
        await self.act("closing")
        return self.number, UUID(opened.json()["ticket_id"])

    async def mails(self, ticket_id: UUID, template: str) -> list[tuple[str, str | None]]:
        """What became of a ticket's mails of a template."""
        params = {"ticket_id": str(ticket_id)}
        items = (await self.desk.client("notifier").get("/v1/notifications", params=params)).json()["items"]
        return [(one["status"], one["reason"]) for one in items if one["template"] == template]

    async def sent(self, ticket_id: UUID, template: str) -> None:
        """Wait until a ticket's one mail of a template was sent."""

        async def look() -> bool:
            found = await self.mails(ticket_id, template)
            assert found == [("sent", None)]
            return True

        await eventually(look, 60)

    async def reminders(self) -> list[str]:
        """The words of each reminder to Ann."""
        async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
            mails = (await client.get("api/messages", params={"to": ANN})).json()
            raw = [(await client.get(f"api/messages/{one['id']}/raw")).content for one in mails]
        texts = [text_of(message_from_bytes(one, policy=default)) for one in raw]
        return [text for text in texts if "still like to know" in " ".join(text.split())]


async def test_p16_who_has_not_answered_is_reminded_of_all_closings_in_one_mail_once(
    running: TestDesk, catcher: MailCatcher
) -> None:
    on = Desk(running, catcher)
    account = {"name": "Customer", "tier": "patrol", "domains": ["customer.example"]}
    made = await running.client("intake", "admin").post("/v1/accounts", json=account)
    account_id = UUID(made.json()["account_id"])
    ann = running.client("intake", "requester", account_id)
    portal = running.client("feedback", "requester", account_id)

    unanswered = [await on.closed(ann), await on.closed(ann)]
    answered, reopened, complained = await on.closed(ann), await on.closed(ann), await on.closed(ann)
    await on.sent(answered[1], "survey")
    mine = (await portal.get("/v1/surveys", params={"ticket_id": str(answered[1])})).json()["items"]
    rated = await portal.post(f"/v1/surveys/{mine[0]['survey_id']}/answer", json={"rating": 5})
    assert rated.status_code == 200, rated.text
    await on.sent(reopened[1], "survey")
    again = await ann.post(f"/v1/tickets/{reopened[0]}/reopening", json={"reason": "It is back."})
    assert again.status_code == 200, again.text

    complaint = {"text": "It stops every hour, still.", "kind": "complaint", "about": complained[0]}
    said = await portal.post("/v1/feedback", json=complaint)
    assert said.status_code == 201, said.text
    await on.sent(complained[1], "survey")

    for _, ticket_id in unanswered:
        await on.sent(ticket_id, "survey-reminder")
    (text,) = await on.reminders()
    assert all(f"Your request {number}:" in text for number, _ in unanswered)
    for number, ticket_id in (answered, reopened, complained):
        assert number not in text
        assert await on.mails(ticket_id, "survey-reminder") == []


async def test_staff_who_asked_on_their_own_behalf_are_not_asked_how_it_was(
    running: TestDesk, catcher: MailCatcher
) -> None:
    on = Desk(running, catcher)
    made = await running.client("intake", "admin").post("/v1/accounts", json={"name": "Customer", "tier": "patrol"})
    eva = Caller("eva", "engineer", None, "eva@vendor.example")
    headers = {"Authorization": f"Bearer {issue(SECRET, eva, now=time.time())}"}
    base = f"http://127.0.0.1:{running.ports['intake']}"
    async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=20) as client:
        account = {"account_id": made.json()["account_id"]}
        _, own = await on.closed(client, **account)
        _, of_customer = await on.closed(client, **account, email=ANN)
    await on.sent(of_customer, "survey")
    await on.sent(own, "resolved")
    surveys = running.client("feedback")
    assert (await surveys.get("/v1/surveys", params={"ticket_id": str(own)})).json() == {"items": []}
    assert await on.mails(own, "survey") == []
