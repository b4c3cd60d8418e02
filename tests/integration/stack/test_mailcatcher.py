"""The mail catcher, over its two doors."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest
from tests.catching import catching

from punctual.local.mailcatcher import MailCatcher


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[MailCatcher]:
    async with catching(tmp_path) as found:
        yield found


def send(catcher: MailCatcher, *mails: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.smtp) as client:
        for mail in mails:
            client.sendmail("desk@punctual.example", ["jo@customer.example"], mail)


def reply() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "desk@punctual.example", "Jo <jo@customer.example>"
    mail["Subject"] = "Your ticket P-1042"
    mail.set_content("We are on it.")
    mail.add_alternative("<p>We are on it.<script>alert(1)</script>", subtype="html")
    return mail.as_bytes()


async def test_a_mail_is_listed_shown_and_removed(catcher: MailCatcher) -> None:
    sent = reply()
    await asyncio.to_thread(send, catcher, sent)
    async with httpx2.AsyncClient(base_url=catcher.url, trust_env=False) as client:
        [listed] = (await client.get("/api/messages")).json()
        assert (listed["subject"], listed["rcpt_to"]) == ("Your ticket P-1042", ["jo@customer.example"])
        one = (await client.get(f"/api/messages/{listed['id']}")).json()
        assert one["text"].strip() == "We are on it."
        raw = (await client.get(f"/api/messages/{listed['id']}/raw")).content
        assert raw.replace(b"\r\n", b"\n").rstrip() == sent.rstrip()
        assert (await client.get("/api/messages", params={"to": "else@customer.example"})).json() == []

        assert "Your ticket P-1042" in (await client.get("/")).text
        page = await client.get(f"/messages/{listed['id']}")
        assert "<script>" not in page.text
        shown = await client.get(f"/messages/{listed['id']}/html")
        assert shown.headers["content-security-policy"].startswith("sandbox;")

        assert (await client.delete("/api/messages")).json() == {"removed": 1}
        assert (await client.get(f"/messages/{listed['id']}")).status_code == 404


async def test_any_bytes_are_caught(catcher: MailCatcher) -> None:
    odd = [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-99?q?x?=\r\nFrom: @@\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\n--",
    ]
    await asyncio.to_thread(send, catcher, *odd)
    async with httpx2.AsyncClient(base_url=catcher.url, trust_env=False) as client:
        listed = (await client.get("/api/messages")).json()
        assert len(listed) == len(odd)
        for mail in listed:
            assert (await client.get(f"/api/messages/{mail['id']}")).status_code == 200
            assert (await client.get(f"/messages/{mail['id']}")).status_code == 200
