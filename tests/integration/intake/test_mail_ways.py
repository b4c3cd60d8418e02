"""Mail under TLS, behind a proxy, and by LMTP: to a process as operators run it."""

import asyncio
import smtplib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.certificates import write_certificate
from tests.conftest import Factory
from tests.desk import SECRET, eventually, free_port
from tests.integration.intake.post import MAILBOX, written
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from intake.mailroom.smtp import SESSIONS_AT_ONCE
from kit.http.auth import Caller, issue

ANN = "ann@customer.example"
LONGEST = 100_000


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key."""
    files = tmp_path / "smtp.pem", tmp_path / "smtp.key"
    write_certificate(*files)
    return files


@pytest.fixture
async def intake(
    stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path, pair: tuple[Path, Path]
) -> AsyncIterator[Serving]:
    """One that has all ways, not started."""
    certificate, key = pair
    settings = {
        "SMTP_TLS_CERTIFICATE": str(certificate),
        "SMTP_TLS_KEY": str(key),
        "MAIL_BYTES": str(LONGEST),
        "LMTP": str(free_port()),
    }
    more = {f"PUNCTUAL_INTAKE_{name}": value for name, value in settings.items()}
    async with serving("intake", stack, database, intake_prefix, tmp_path, **more) as one:
        yield one


def port(intake: Serving, name: str = "SMTP_PORT") -> int:
    return int(intake.env[f"PUNCTUAL_INTAKE_{name}"])


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def letter(subject: str) -> bytes:
    return bytes(written(ANN, subject))


async def mails(intake: Serving) -> list[dict[str, Any]]:
    """Those that are kept."""
    token = issue(SECRET, Caller("ada", "admin"), now=time.time())
    async with httpx2.AsyncClient(base_url=intake.url, headers={"Authorization": f"Bearer {token}"}) as client:
        items: list[dict[str, Any]] = (await client.get("/v1/mails")).json()["items"]
        return items


async def test_mail_comes_under_tls_and_nothing_that_was_sent_ahead_counts(
    intake: Serving, pair: tuple[Path, Path]
) -> None:
    await intake.start()
    await intake.ready()
    certificate, _ = pair

    def under_tls() -> bytes:
        with smtplib.SMTP("127.0.0.1", port(intake), timeout=20) as server:
            server.ehlo()
            assert server.has_extn("starttls")
            assert server.has_extn("pipelining")
            assert not server.has_extn("auth")
            server.starttls(context=trusting(certificate))
            server.ehlo()
            assert not server.has_extn("starttls")
            assert not server.has_extn("auth")
            assert server.docmd("STARTTLS")[0] == 454
            server.sendmail(ANN, [MAILBOX], letter("Under TLS"))
            assert isinstance(server.sock, ssl.SSLSocket)
            return server.sock.getpeercert(binary_form=True) or b""

    first = await asyncio.to_thread(under_tls)

    def ahead() -> list[bytes]:
        with socket.create_connection(("127.0.0.1", port(intake)), 20) as line:
            file = line.makefile("rb")
            file.readline()
            line.sendall(b"EHLO pc\r\n")
            while file.readline()[3:4] == b"-":
                pass
            line.sendall(b"STARTTLS\r\nMAIL FROM:<eve@elsewhere.example>\r\nNOOP\r\n")
            assert file.readline().startswith(b"220")
            with trusting(certificate).wrap_socket(line, server_hostname="127.0.0.1") as secure:
                secure.sendall(b"RCPT TO:<" + MAILBOX.encode() + b">\r\nQUIT\r\n")
                return secure.makefile("rb").readlines()

    assert [line[:3] for line in await asyncio.to_thread(ahead)] == [b"503", b"221"]

    def plain() -> None:
        with smtplib.SMTP("127.0.0.1", port(intake), timeout=20) as server:
            server.sendmail(ANN, [MAILBOX], letter("In the clear"))

    await asyncio.to_thread(plain)
    assert {one["subject"] for one in await mails(intake)} == {"Under TLS", "In the clear"}
    assert first

    def broken() -> None:
        with socket.create_connection(("127.0.0.1", port(intake)), 20) as line:
            line.recv(100)
            line.sendall(b"STARTTLS\r\n")
            line.recv(100)
            line.sendall(b"This is no TLS\r\n" * 10)
            while line.recv(1000):
                pass

    for _ in range(SESSIONS_AT_ONCE + 5):
        await asyncio.to_thread(broken)
    await asyncio.to_thread(plain)
    assert not [line for line in intake.lines() if line["level"] in ("error", "critical")]
    assert intake.complained() == ""


async def test_behind_a_proxy_whoever_comes_past_it_is_refused_and_tls_may_be_required(
    intake: Serving, pair: tuple[Path, Path]
) -> None:
    await intake.start(PUNCTUAL_INTAKE_SMTP_TLS_REQUIRED="true", PUNCTUAL_INTAKE_SMTP_PROXY_PROTOCOL="true")
    await intake.ready()
    second = b"\r\n\r\n\0\r\nQUIT\n" + b"\x21\x11\x00\x0c" + bytes([192, 0, 2, 1, 192, 0, 2, 2, 200, 1, 0, 25])
    local = b"\r\n\r\n\0\r\nQUIT\n" + b"\x20\x00\x00\x00"  # the proxy itself looks whether anybody is there

    def talk(first: bytes, subject: str) -> str:
        """What is said to a mail of a client that requires TLS, behind such a header."""
        with socket.create_connection(("127.0.0.1", port(intake)), 20) as line:
            line.sendall(first)
            try:
                greeting = line.recv(1000)
            except ConnectionResetError:
                return ""
            if not greeting:
                return ""
            with smtplib.SMTP() as server:
                server.sock, server._host = line, "127.0.0.1"  # type: ignore[attr-defined]
                server.ehlo()
                assert server.mail(ANN) == (530, b"Must issue a STARTTLS command first")
                server.starttls(context=trusting(pair[0]))
                server.ehlo()
                server.sendmail(ANN, [MAILBOX], letter(subject))
                return greeting.decode()

    headers = (b"PROXY TCP4 192.0.2.1 192.0.2.2 51201 25\r\n", b"PROXY UNKNOWN\r\n", second, local)
    for n, header in enumerate(headers):
        assert (await asyncio.to_thread(talk, header, f"Behind {n}")).startswith("220 "), header
    strangers = (b"EHLO pc\r\n", b"PROXY TCP4\r\n", b"PROXY TCP4 x y 1 2\r\n", b"PROXY " + b"x" * 200_000, second[:12])
    for header in strangers:
        with socket.create_connection(("127.0.0.1", port(intake)), 20) as line:
            line.sendall(header + (b"\r\n" if header == second[:12] else b""))
            line.shutdown(socket.SHUT_WR)
            got = await asyncio.to_thread(_all, line)
            assert got == b"", header
    assert len(await mails(intake)) == len(headers)
    assert not [line for line in intake.lines() if line["level"] in ("error", "critical")]
    assert intake.complained() == ""


def _all(line: socket.socket) -> bytes:
    got = b""
    try:
        while data := line.recv(1000):
            got += data
    except ConnectionResetError:
        pass
    return got


def listening(*where: Any) -> smtplib.LMTP:
    """A connection to the LMTP door, which opens a moment after the API is ready."""
    for _ in range(50):
        try:
            return smtplib.LMTP(*where)
        except (ConnectionRefusedError, FileNotFoundError):
            time.sleep(0.1)
    return smtplib.LMTP(*where)


@pytest.mark.parametrize("place", ["port", "socket"])
async def test_lmtp_answers_for_each_recipient_and_the_mail_is_kept_once(
    intake: Serving, tmp_path: Path, place: str
) -> None:
    path = str(tmp_path / "lmtp.sock")
    await intake.start(**({"PUNCTUAL_INTAKE_LMTP": path} if place == "socket" else {}))
    await intake.ready()

    def deliver(content: bytes) -> tuple[list[int], int]:
        """The answers, and the last."""
        with listening(*((path,) if place == "socket" else ("127.0.0.1", port(intake, "LMTP")))) as server:
            assert server.docmd("EHLO", "pc")[0] == 500
            server.ehlo()
            assert server.does_esmtp
            assert server.mail(ANN)[0] == 250
            assert [server.rcpt(to)[0] for to in (MAILBOX, "nobody@punctual.local", "support+x@punctual.local")] == [
                250,
                550,
                250,
            ]
            assert server.docmd("DATA")[0] == 354
            server.send(content + b"\r\n.\r\n")
            return [server.getreply()[0] for _ in range(2)], server.noop()[0]

    assert await asyncio.to_thread(deliver, letter("By LMTP")) == ([250, 250], 250)
    assert await asyncio.to_thread(deliver, b"x\r\n" * LONGEST) == ([552, 552], 250)
    (mail,) = await mails(intake)
    assert mail["subject"] == "By LMTP"

    assert intake.process
    intake.process.terminate()
    assert await intake.ended() == 0
    if place == "socket":
        await intake.start(PUNCTUAL_INTAKE_LMTP=path)  # the socket's file is still there
        await intake.ready()
        assert await asyncio.to_thread(deliver, letter("By LMTP")) == ([250, 250], 250)
        assert len(await mails(intake)) == 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SMTP_TLS_CERTIFICATE": ""}, "SMTP_TLS_KEY is wrong: there is a key and no certificate"),
        ({"SMTP_TLS_KEY": ""}, "SMTP_TLS_KEY is wrong: certificate and key are no pair"),
        ({"SMTP_TLS_KEY": "/not/there"}, "SMTP_TLS_KEY is wrong: Path does not point to a file"),
        (
            {"SMTP_TLS_CERTIFICATE": "", "SMTP_TLS_KEY": "", "SMTP_TLS_REQUIRED": "true"},
            "SMTP_TLS_REQUIRED is wrong: TLS needs a certificate",
        ),
        ({"LMTP": "70000"}, "LMTP is wrong"),
        ({"LMTP": "relative.sock"}, "LMTP is wrong"),
    ],
)
async def test_a_setting_that_can_t_be_kept_ends_the_start_by_name(
    intake: Serving, settings: dict[str, str], says: str
) -> None:
    await intake.start(**{f"PUNCTUAL_INTAKE_{name}": value for name, value in settings.items()})
    assert await intake.ended() != 0
    assert f"PUNCTUAL_INTAKE_{says}" in intake.complained().replace("Value error, ", ""), intake.complained()


@pytest.mark.slow
async def test_a_session_that_is_asked_for_tls_and_says_nothing_makes_way(
    intake: Serving, pair: tuple[Path, Path]
) -> None:
    await intake.start()
    await intake.ready()
    lines = [socket.create_connection(("127.0.0.1", port(intake)), 20) for _ in range(SESSIONS_AT_ONCE)]
    try:
        for line in lines:
            line.recv(100)
            line.sendall(b"STARTTLS\r\n")
            assert line.recv(100).startswith(b"220")

        async def free() -> bool:
            reader, writer = await asyncio.open_connection("127.0.0.1", port(intake))
            greeting = await reader.readline()
            writer.close()
            return greeting.startswith(b"220")

        await eventually(free, 40)
    finally:
        for line in lines:
            line.close()
