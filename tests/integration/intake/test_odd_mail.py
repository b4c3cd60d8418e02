"""Whatever comes over SMTP: nothing crashes, nothing that was taken is lost, and the rest goes on."""

import asyncio
import secrets
import socket

import pytest
from tests.desk import TestDesk, eventually
from tests.integration.intake.conftest import Customer, problem
from tests.integration.intake.post import MAILBOX, kept, mails, send, written

ODD = [
    b"",
    b".",
    b"no header at all",
    b"\x00\x01\x02\xff\xfe",
    b"From: \xff\xfe@\x00\r\nSubject: =?utf-8?q?=ZZ?=\r\n\r\n\x80",
    b"From: x@odd.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\nno end",
    b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    b"Content-Type: message/rfc822\r\n\r\n" * 300,
    b"Subject: " + b"x" * 200_000 + b"\r\n\r\nlong line",
    b"x" * 3_000_000,
    b"Subject: bare\nlines\n\n.\nno end\r.\r\r\n",
    b": \r\n :\r\nFrom\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(ODD)))
async def test_any_bytes_are_taken_and_kept_as_they_came(intake: TestDesk, number: int) -> None:
    raw = ODD[number]
    before = {mail["key"] for mail in await mails(intake)}
    assert (await send(intake, raw)).startswith("250")
    (mail,) = [mail for mail in await mails(intake) if mail["key"] not in before]
    assert mail["state"] in ("unmatched", "ignored")
    stored = await intake.client("intake").get(f"/v1/mails/{mail['key']}/raw")
    assert stored.status_code == 200
    assert stored.content.endswith(raw + b"\r\n")
    assert stored.content.startswith(b"Return-Path: <someone@elsewhere.example>\r\nDelivered-To: " + MAILBOX.encode())


async def test_after_odd_mails_the_rest_goes_on(intake: TestDesk, customer: Customer) -> None:
    odd = bytes(written(f"ann@{customer.domain}", "Odd")).replace(b"\n\n", b"\nContent-Type: \xff; x=\x00\n\n", 1)
    subject = f"Good {secrets.token_hex(6)}"
    for raw in (odd, bytes(written(f"ann@{customer.domain}", subject))):
        assert (await send(intake, raw)).startswith("250")
    assert (await kept(intake, subject))["state"] == "performed"


async def test_who_nobody_knows_is_kept_for_staff_to_see(intake: TestDesk) -> None:
    subject = f"Who am I {secrets.token_hex(6)}"
    await send(intake, bytes(written("stranger@nowhere.example", subject)))
    mail = await kept(intake, subject)
    assert (mail["state"], mail["reason"], mail["from"]) == ("unmatched", "unknown-sender", "stranger@nowhere.example")
    assert mail["key"] in {one["key"] for one in await mails(intake, "unmatched")}
    assert mail["key"] not in {one["key"] for one in await mails(intake, "performed")}


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "ann@x.example", "auto-submitted"),
        ({"X_Autoreply": "yes"}, "ann@x.example", "vacation"),
        ({}, "", "null-return-path"),
    ],
)
async def test_machines_open_nothing(
    intake: TestDesk, customer: Customer, headers: dict[str, str], sender: str, reason: str
) -> None:
    subject = f"Export {secrets.token_hex(6)}"
    raw = bytes(written(f"ann@{customer.domain}", subject, **headers))
    assert (await send(intake, raw, sender=sender)).startswith("250")
    mail = await kept(intake, subject)
    assert (mail["state"], mail["reason"], mail["number"]) == ("ignored", reason, None)
    assert (await customer.client.get("/v1/tickets")).json()["items"] == []


SENT_FOR = [({"Auto_Submitted": "auto-generated"}, "auto-submitted"), ({"List_Id": "<a.x.example>"}, "list")]


@pytest.mark.parametrize(("headers", "reason"), SENT_FOR)
async def test_what_a_machine_sends_for_a_customer_is_a_request(
    intake: TestDesk, customer: Customer, headers: dict[str, str], reason: str
) -> None:
    subject = f"Disk full {secrets.token_hex(6)}"
    await send(intake, bytes(written(f"monitor@{customer.domain}", subject, **headers)))
    mail = await kept(intake, subject)
    assert (mail["state"], mail["target"]) == ("performed", "ticket")
    (ticket,) = (await customer.client.get("/v1/tickets")).json()["items"]
    assert ticket["number"] == mail["number"]
    stranger = f"News {secrets.token_hex(6)}"
    await send(intake, bytes(written("news@nowhere.example", stranger, **headers)))
    mail = await kept(intake, stranger)
    assert (mail["state"], mail["reason"], mail["number"]) == ("ignored", reason, None)


async def test_our_own_mailbox_never_writes_to_itself(intake: TestDesk) -> None:
    subject = f"Loop {secrets.token_hex(6)}"
    await send(intake, bytes(written(MAILBOX, subject)))
    assert (await kept(intake, subject))["reason"] == "own-mailbox"


@pytest.mark.parametrize("to", ["sales@punctual.local", "support@elsewhere.example", "supporters@punctual.local"])
async def test_a_wrong_recipient_is_refused_before_the_mail(intake: TestDesk, to: str) -> None:
    assert (await send(intake, b"Subject: x\r\n\r\n", to=to)).startswith("550")


@pytest.mark.parametrize("to", ["SUPPORT@Punctual.Local", "support+any@punctual.local", "postmaster@punctual.local"])
async def test_the_mailbox_has_other_names(intake: TestDesk, to: str) -> None:
    subject = secrets.token_hex(6)
    assert (await send(intake, f"Subject: {subject}\r\n\r\n".encode(), to=to)).startswith("250")
    await kept(intake, subject)


async def test_a_mail_that_says_it_is_too_large_is_refused_at_once(intake: TestDesk) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", intake.smtp)
    await reader.readline()
    writer.write(b"EHLO x\r\n")
    while not (line := await reader.readline()).startswith(b"250 "):
        assert line.startswith(b"250-")
    writer.write(b"MAIL FROM:<a@b.example> SIZE=99999999\r\n")
    assert (await reader.readline()).startswith(b"552")
    writer.close()


async def test_who_hangs_up_in_the_middle_was_not_told_250_and_disturbs_nobody(
    intake: TestDesk, customer: Customer
) -> None:
    def hang_up() -> None:
        with socket.create_connection(("127.0.0.1", intake.smtp)) as line:
            line.sendall(b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@punctual.local>\r\nDATA\r\nSubj")

    for _ in range(20):
        await asyncio.to_thread(hang_up)
    with socket.create_connection(("127.0.0.1", intake.smtp)) as line:
        line.sendall(b"\xff\xfe\x00 nonsense\r\n" + b"MAIL " + b"\x80" * 5000 + b"\r\nQUIT\r\n")
        await asyncio.sleep(0.1)
    subject = f"Still there {secrets.token_hex(6)}"
    assert (await send(intake, bytes(written(f"ann@{customer.domain}", subject)))).startswith("250")
    assert (await kept(intake, subject))["state"] == "performed"


async def test_a_mail_that_is_not_there_is_not_there(intake: TestDesk) -> None:
    answer = await intake.client("intake").get("/v1/mails/nothing/raw")
    assert problem(answer)[:2] == (404, "mail-unknown")
    await eventually(lambda: mails(intake))
