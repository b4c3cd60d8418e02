"""One ticket's whole life through all five services: mails in and out, HTTP, the clock, the ladder, the rating."""

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib.metadata import entry_points
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from tests.catching import fast_clock, mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses

from contracts.names import TOPICS
from hours.written import written_at
from punctual.local.mailcatcher import MailCatcher
from punctual.replay.verify import verify

SPEED = 720.0
"""An hour in five seconds: the first target is an hour, and two hours lie between a breach and the VP."""
ADDRESS = "jo@kestrel.example"


@pytest.fixture
async def running(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    settings = mails_to(catcher) | fast_clock(SPEED, "2026-07-13T13:00:00+00:00")
    async with desk(stack, database, prefix, monkeypatch, **settings) as made:
        yield made


class Life:
    """What the test's people do and see."""

    def __init__(self, running: TestDesk, catcher: MailCatcher) -> None:
        self.desk, self.catcher = running, catcher
        self.engineer = running.client("intake", "engineer")
        self.number = ""
        self.ticket_id = UUID(int=0)

    async def send(self, mail: EmailMessage) -> None:
        await asyncio.to_thread(self._send, mail)  # the desk runs in our own loop

    def _send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.desk.smtp, timeout=20) as server:
            server.send_message(mail)

    async def mail(self, to: str, about: str, saying: str = "") -> EmailMessage:
        """The first mail to that address with the one in its subject, and the other in its text on one line."""

        async def look() -> Any:
            async with httpx2.AsyncClient(base_url=self.catcher.url) as client:
                for one in reversed((await client.get("api/messages", params={"to": to})).json()):
                    if about in one["subject"]:
                        raw = (await client.get(f"api/messages/{one['id']}/raw")).content
                        mail = message_from_bytes(raw, policy=default)
                        if saying in " ".join(text_of(mail).split()):
                            return mail
            return None

        mail = await eventually(look, 25)
        assert isinstance(mail, EmailMessage)
        return mail

    async def act(self, path: str, status: int = 200, **body: Any) -> Any:
        """The engineer does something on the ticket."""
        answer = await self.engineer.post(f"/v1/tickets/{self.number}/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def seen(self, service: str, path: str, **wanted: Any) -> dict[str, Any]:
        """What the Support Manager sees there, once it is as wanted."""

        async def look() -> Any:
            answer = await self.desk.client(service, "support-manager").get(path)
            body = answer.json()
            found = body["items"][0] if "items" in body else body
            assert answer.status_code == 200, answer.text
            assert {name: found[name] for name in wanted} == wanted
            return found

        found = await eventually(look, 40)
        assert isinstance(found, dict)
        return found

    async def reported(self, by: str, group: str, **wanted: Any) -> None:
        """What the report of satisfaction says of one of its rows, once it is as wanted."""

        async def look() -> bool:
            answer = await self.desk.client("feedback", "analyst").get("/v1/reports/satisfaction", params={"by": by})
            (row,) = [row for row in answer.json()["rows"] if row["group"] == group]
            assert {name: row[name] for name in wanted} == wanted
            return True

        await eventually(look, 40)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_a_ticket_lives_its_whole_life(running: TestDesk, catcher: MailCatcher) -> None:
    life = Life(running, catcher)
    account = {"name": "Kestrel Rail", "tier": "patrol", "domains": ["kestrel.example"]}
    assert (await running.client("intake", "admin").post("/v1/accounts", json=account)).status_code == 201

    await _asks_by_mail_and_completes_what_is_missing(life)
    await _is_warned_of_breached_and_taken_on(life)
    await _is_answered_assessed_and_closed(life)
    await _is_rated_through_the_link(life)
    await _somebody_unknown_says_something_too(life)
    await _and_replay_agrees(running)
    await _and_every_event_says_what_it_came_of(running)


async def _asks_by_mail_and_completes_what_is_missing(life: Life) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Jo <{ADDRESS}>", "support@punctual.local", "Nichts geht mehr ☹"
    mail["Message-ID"] = "<one@kestrel.example>"
    mail.set_content(
        "The portal is down for all of us.\n\nProduct: Tidewater\nOS: Debian\nOS version: 12\nSeverity: 1\n"
    )
    await life.send(mail)
    reply = await life.mail(ADDRESS, "Re: Nichts geht mehr ☹ [P-")
    assert reply["In-Reply-To"] == "<one@kestrel.example>"
    assert "Version:" in text_of(reply)
    life.number = str(reply["Subject"]).rpartition("[")[2].rstrip("]")
    ticket = (await life.engineer.get(f"/v1/tickets/{life.number}")).json()
    assert (ticket["severity"], ticket["missing"], ticket["channel"]) == (1, ["product_version"], "email")
    life.ticket_id = UUID(ticket["ticket_id"])
    # No clock runs until the information is complete (P12).
    await life.seen("sla-timer", f"/v1/tickets/{life.ticket_id}/clocks", state="waiting", due_at=None)

    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = ADDRESS, str(reply["Reply-To"]), reply["Subject"]
    answer["In-Reply-To"], answer["Message-ID"] = str(reply["Message-ID"]), "<two@kestrel.example>"
    answer.set_content("Version: 2.11\n")
    await life.send(answer)
    clock = await life.seen("sla-timer", f"/v1/tickets/{life.ticket_id}/clocks", state="running", metric="response")
    assert clock["target"] == "PT1H"
    thanks = await life.mail(ADDRESS, f"[{life.number}]", "We now have all we need")
    due = written_at(datetime.fromisoformat(clock["due_at"]), None, "en")
    assert f"We promise that one of our engineers will answer by {due}." in " ".join(text_of(thanks).split())
    assert thanks["In-Reply-To"] == "<two@kestrel.example>"


async def _is_warned_of_breached_and_taken_on(life: Life) -> None:
    refused = await life.act("severity", 409, severity=2, reason="Only one office.")
    assert refused["type"].endswith("no-initial-contact"), "severity is changed after contact only (P6)"
    await life.act("assignment", engineer="eve")
    await life.seen("sla-timer", f"/v1/tickets/{life.ticket_id}/clocks", state="breached", warned=90)
    path = f"/v1/escalations/{life.ticket_id}"
    await life.seen("escalation", path, status="open", role="support-manager")
    called = await life.mail("support-manager@desk.punctual.local", life.number)
    assert life.number in str(called["Subject"])
    manager = life.desk.client("escalation", "support-manager")
    assert (await manager.post(f"{path}/acknowledgement")).status_code == 200
    taken = await life.seen("escalation", path, status="acknowledged", next_at=None)
    assert taken["acknowledged_by"] == "a-support-manager"


async def _is_answered_assessed_and_closed(life: Life) -> None:
    await life.act("response", 200, states="plan", body="We switch back to the old version by noon.")
    plan = await life.mail(ADDRESS, f"[{life.number}]", "We switch back to the old version by noon.")
    assert plan["Subject"] == f"Re: Nichts geht mehr ☹ [{life.number}]"
    await life.seen("escalation", f"/v1/escalations/{life.ticket_id}", status="resolved", cause="answered")
    clock = await life.seen("sla-timer", f"/v1/tickets/{life.ticket_id}/clocks", state="breached")
    await life.act("severity", 200, severity=2, reason="Only one office.")
    await life.act("resolution", 200, resolution="Switched back.")
    await life.act("closing", 200)
    ticket = await life.seen("intake", f"/v1/tickets/{life.number}", status="closed", severity=2, closings=1)
    assert clock["breached_at"] is not None
    assert ticket["assignee"] == "eve"


async def _is_rated_through_the_link(life: Life) -> None:
    survey = await life.mail(ADDRESS, f"[{life.number}]", "How satisfied are you with our support?")
    link = re.search(r"http://\S+/s/[^\s?]+", text_of(survey))
    assert link is not None
    await life.reported("severity", "2", asked=1, delivered=1, answered=0, response_rate="0.00")
    async with httpx2.AsyncClient() as browser:
        assert (await browser.get(link[0])).status_code == 200
        assert (await browser.post(link[0], data={"rating": "4", "comment": "Gut, aber spät."})).status_code == 200
        assert (await browser.get(link[0] + "x")).status_code == 403
    await life.seen("feedback", "/v1/ratings", count=1, average=4.0, surveys=1)
    await life.reported("tier", "patrol", delivered=1, answered=1, response_rate="100.00", average="4.00")
    await life.reported("engineer", "eve", asked=1, hidden=True)


async def _somebody_unknown_says_something_too(life: Life) -> None:
    """By the page for anybody (P17): receipt and acknowledgement come by mail."""
    address, door = "eve@elsewhere.example", f"http://127.0.0.1:{life.desk.ports['feedback']}/f"
    async with httpx2.AsyncClient() as browser:
        form = re.search(r'name="form" value="([^"]+)"', (await browser.get(door)).text)
        assert form is not None
        said = {"form": form[1], "text": "I like your page.", "kind": "praise", "email": address}
        pages = [await browser.post(door, data=said) for _ in range(2)]
    numbers = [re.search(r"F-\d+", page.text) for page in pages]
    assert numbers[0] is not None
    assert numbers[1] is not None
    number = numbers[0][0]
    assert numbers[1][0] == number, "sent twice it is one"
    assert number in text_of(await life.mail(address, "We have received your feedback"))
    manager = life.desk.client("feedback", "support-manager")
    answer = await manager.post(f"/v1/feedback/{number}/acknowledgement", json={"text": "Thank you, Eve!"})
    assert answer.status_code == 200, answer.text
    assert "Thank you, Eve!" in text_of(await life.mail(address, "We have read your feedback"))


async def _and_replay_agrees(running: TestDesk) -> None:
    services = {point.name: point.load() for point in entry_points(group="punctual.services")}
    kafka = (running.common.kafka, running.common.topic_prefix)
    for name, dsns in running.dsns.items():
        found = await verify(services[name], dsns.app, source="kafka", kafka=kafka)
        assert found.differences == []
        assert found.rebuilt.events > 0


async def _and_every_event_says_what_it_came_of(running: TestDesk) -> None:
    causes: set[tuple[str, str]] = set()
    for name in running.dsns:
        rows = await _logged(running, name, "type, meta->'cause'->>'source', meta->'cause'->>'id'")
        assert [(name, row[0]) for row in rows if row[1] is None] == []
        causes |= {(row[1], row[2]) for row in rows}
    # Only then, for a cause is on record before what comes of it.
    known = {row[0] for name in running.dsns for row in await _logged(running, name, "event_id::text")}
    assert {source for source, _ in causes} >= {"mail", "request", "settings"}
    assert {event_id for source, event_id in causes if source in TOPICS} <= known


async def _logged(running: TestDesk, name: str, columns: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(running.dsns[name].app)
    try:
        return await connection.fetch(f"SELECT {columns} FROM events")
    finally:
        await connection.close()
