"""A customer's mail program, and a look into the mailroom."""

import asyncio
import smtplib
from email.message import EmailMessage
from typing import Any

from tests.desk import TestDesk, eventually

MAILBOX = "support@punctual.local"


def written(sender: str, subject: str = "It crashes", body: str = "It crashes.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, MAILBOX, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


async def send(desk: TestDesk, raw: bytes, *, sender: str = "someone@elsewhere.example", to: str = MAILBOX) -> str:
    """What the server said in the end."""

    def talk() -> str:
        with smtplib.SMTP("127.0.0.1", desk.smtp, timeout=30) as server:
            server.ehlo()
            for code, said in (server.mail(sender), server.rcpt(to)):
                if code != 250:
                    return f"{code} {said.decode()}"
            server.putcmd("data")
            assert server.getreply()[0] == 354
            assert server.sock
            stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
            server.sock.sendall(stuffed + b"\r\n.\r\n")
            code, said = server.getreply()
            return f"{code} {said.decode()}"

    return await asyncio.to_thread(talk)


async def mails(desk: TestDesk, state: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    url: str | None = "/v1/mails?limit=200" + (f"&state={state}" if state else "")
    while url:
        answer = await desk.client("intake").get(url)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    return found


async def kept(desk: TestDesk, subject: str) -> dict[str, Any]:
    """The only mail with that subject, once there is nothing to be done with it any more."""

    async def look() -> dict[str, Any] | None:
        found = [mail for mail in await mails(desk) if mail["subject"] == subject]
        assert len(found) == 1, found
        return found[0] if found[0]["state"] != "stored" else None

    result = await eventually(look)
    assert isinstance(result, dict)
    return result
