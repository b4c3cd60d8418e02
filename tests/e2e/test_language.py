"""An account that reads German in Berlin: its letters, its mails and its pages, through all services."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.catching import mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.e2e.test_ticket_life import Life, text_of
from tests.stack import Addresses

from hours.written import written_at
from punctual.local.mailcatcher import MailCatcher

ANN = "ann@customer.example"
BERLIN = {"language": "de", "zone": "Europe/Berlin"}


@pytest.fixture
async def running(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, catcher: MailCatcher
) -> AsyncIterator[TestDesk]:
    settings = mails_to(catcher) | {"VENDOR_NAME": "Beispiel GmbH"}
    async with desk(stack, database, prefix, monkeypatch, **settings) as made:
        yield made


async def test_an_account_that_reads_german_in_berlin_gets_letters_and_pages_so(
    running: TestDesk, catcher: MailCatcher
) -> None:
    life = Life(running, catcher)
    account = await _registered(running)
    await _asks_before_anybody_knew(life, account)
    await _says_how_it_reads(running, account)
    await _complains_and_gets_letters_in_german(life, account)
    await _is_answered_and_asked_in_german(life, account)
    await _writes_a_mail_and_is_answered_in_german(life)


def _on_a_working_day() -> datetime:
    """An instant some days ahead, in the hours of every calendar that ships."""
    at = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=3)
    return at + timedelta(days=max(0, 7 - at.weekday()) if at.weekday() > 4 else 0)


async def _registered(running: TestDesk) -> UUID:
    account = {"name": "Kestrel", "tier": "patrol", "domains": ["customer.example"]}
    made = await running.client("intake", "admin").post("/v1/accounts", json=account)
    assert made.status_code == 201, made.text
    return UUID(made.json()["account_id"])


async def _asks_before_anybody_knew(life: Life, account: UUID) -> None:
    details = {"product": "Tidewater", "product_version": "2", "os": "Debian", "os_version": "12"}
    ticket = {"severity": 2, "priority": "high", "title": "Es steht", "description": "Alles.", "details": details}
    made = await life.desk.client("intake", "requester", account).post("/v1/tickets", json=ticket)
    assert made.status_code == 201, made.text
    life.number = made.json()["number"]
    receipt = await life.mail(ANN, f"Re: Es steht [{life.number}]", "Your request has the number")
    assert receipt["Content-Language"] == "en"


async def _says_how_it_reads(running: TestDesk, account: UUID) -> None:
    path = f"/v1/accounts/{account}"
    manager, ann = running.client("intake", "account-manager"), running.client("intake", "requester", account)
    for body, field in (
        ({"language": "german"}, "language"),
        ({"language": ""}, "language"),
        ({"zone": "Europe/Berlim"}, "zone"),
        ({"zone": "+02:00"}, "zone"),
    ):
        refused = await manager.patch(path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert (await ann.patch(path, json=BERLIN)).status_code == 403
    assert (await manager.patch(path, json=BERLIN, headers={"If-Match": '"9"'})).status_code == 412
    key = {"Idempotency-Key": "berlin", "If-Match": '"1"'}
    changed = await manager.patch(path, json=BERLIN, headers=key)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"'), changed.text
    again = await manager.patch(path, json=BERLIN, headers=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    shown = (await ann.get(path)).json()
    assert {name: shown[name] for name in ("language", "zone", "tier", "version")} == {
        **BERLIN,
        "tier": "patrol",
        "version": 2,
    }


async def _complains_and_gets_letters_in_german(life: Life, account: UUID) -> None:
    ann = life.desk.client("feedback", "requester", account)
    manager, vp = life.desk.client("feedback", "support-manager"), life.desk.client("feedback", "vp")

    async def complain() -> Any:  # feedback hears of the account when it does
        said = await ann.post("/v1/feedback", json={"text": "Drei Tage ohne ein Wort.", "kind": "complaint"})
        assert said.status_code == 201, said.text
        number = said.json()["number"]
        receipt = await life.mail(ANN, f"[{number}]")
        assert "Wir haben Ihre Rückmeldung erhalten" in str(receipt["Subject"])
        return number, receipt

    found = await eventually(complain, 60)
    assert isinstance(found, tuple)
    number, receipt = found
    complaint = (await manager.get(f"/v1/complaints/{number}")).json()
    (due,) = [one["due_at"] for one in complaint["promises"] if one["promise"] == "acknowledgement"]
    promised = written_at(datetime.fromisoformat(due), "Europe/Berlin", "de", own=True)
    assert f"und Ihnen vor {promised} schreiben." in " ".join(text_of(receipt).split())
    assert receipt["From"].addresses[0].display_name == "Beispiel GmbH"

    next_at = _on_a_working_day()
    delay = {"delays": "Die Protokolle.", "needs": "Nichts.", "next_at": next_at.isoformat()}
    assert (await manager.post(f"/v1/complaints/{number}/updates", json=delay)).status_code == 200
    letter = await life.mail(ANN, "Ihre Beschwerde braucht mehr Zeit")
    assert letter["Content-Language"] == "de"
    words = " ".join(text_of(letter).split())
    assert f"Sie hören spätestens am {written_at(next_at, 'Europe/Berlin', 'de', own=True)} wieder von uns." in words

    outcome = {"found": "Vergessen.", "resolution": "Erstattet."}
    assert (await vp.post(f"/v1/complaints/{number}/outcome", json=outcome)).status_code == 200
    letter = await life.mail(ANN, "Das Ergebnis Ihrer Beschwerde")
    link = re.search(r"http://\S+/c/\S+", text_of(letter))
    assert link is not None
    async with httpx2.AsyncClient(headers={"Accept-Language": "en"}) as browser:
        page = (await browser.get(link[0])).text
        assert '<html lang="de">' in page
        assert f"Ihre Beschwerde {number}" in page
        assert "Beispiel GmbH" in page
        damaged = await browser.get(link[0][:-3], headers={"Accept-Language": "de-AT,de;q=0.9"})
        assert (damaged.status_code, "Dieser Link ist beschädigt" in damaged.text) == (403, True)
        assert "This link is damaged" in (await browser.get(link[0][:-3])).text
        disputed = await browser.post(link[0], data={"answer": "dispute"})
        assert "Unsere Geschäftsführung befasst sich damit" in disputed.text
    assert "Die Entscheidung erhalten Sie schriftlich." in " ".join(
        text_of(await life.mail(ANN, "Unsere Geschäftsführung befasst sich mit Ihrer Beschwerde")).split()
    )


async def _is_answered_and_asked_in_german(life: Life, account: UUID) -> None:
    await life.act("response", 200, states="plan", body="Wir schalten um.")
    plan = await life.mail(ANN, f"Re: Es steht [{life.number}]", "Wir schalten um.")
    assert plan["Content-Language"] == "de"
    ann = life.desk.client("intake", "requester", account)
    closed = await ann.post(f"/v1/tickets/{life.number}/closing", json={"cause": "withdrawn"})
    assert closed.status_code == 200, closed.text
    survey = await life.mail(ANN, f"Re: Es steht [{life.number}]", "Wie zufrieden")
    link = re.search(r"http://\S+/s/[^\s?]+", text_of(survey))
    assert link is not None
    async with httpx2.AsyncClient() as browser:
        page = (await browser.get(link[0])).text
        assert '<html lang="de">' in page
        assert f"Ihre Anfrage {life.number} wurde am" in page
        assert "Beispiel GmbH" in page
        thanks = await browser.post(link[0], data={"rating": "4", "comment": "Na ja."})
        assert "Vielen Dank." in thanks.text
        assert "Sehr gut" in thanks.text
        number = thanks.text.partition("haben die Nummer ")[2].partition(".")[0]
    assert "Wir haben Ihre Rückmeldung erhalten" in str((await life.mail(ANN, f"[{number}]"))["Subject"])


async def _writes_a_mail_and_is_answered_in_german(life: Life) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, "feedback@punctual.local", "Lob"
    mail["Message-ID"] = "<lob@customer.example>"
    mail.set_content("Danke, das ging schnell.")
    await life.send(mail)

    manager = life.desk.client("feedback", "support-manager")

    async def heard() -> Any:
        return (await manager.get("/v1/feedback", params={"channel": "email"})).json()["items"]

    items: Any = await eventually(heard)
    receipt = await life.mail(ANN, f"[{items[0]['number']}]")
    assert "Wir haben Ihre Rückmeldung erhalten" in str(receipt["Subject"])
    assert receipt["In-Reply-To"] == "<lob@customer.example>"
