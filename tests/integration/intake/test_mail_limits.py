"""How much mail is taken at one time, by a process as operators run it: its loop is not the one of the tests."""

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET, eventually
from tests.integration.intake.post import MAILBOX, written
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from intake.mailroom.smtp import SESSIONS_AT_ONCE
from kit.http.auth import Caller, issue

LARGE = 23 * 1024 * 1024
MEMORY = 500 * 1024 * 1024
"""What a process may have at most; idle it has about 130 MB."""
EXPECTED = ["220", *["250", "250", "250", "354", "552"], *["250", "250", "354", "250"], "221"]


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving("intake", stack, database, intake_prefix, tmp_path) as one:
        await one.start()
        await one.ready()
        yield one


def port(intake: Serving) -> int:
    return int(intake.env["PUNCTUAL_INTAKE_SMTP_PORT"])


@asynccontextmanager
async def sessions(intake: Serving, count: int) -> AsyncIterator[list[tuple[bytes, asyncio.StreamReader]]]:
    """What each was greeted with, and what else it is told."""
    lines = [await asyncio.open_connection("127.0.0.1", port(intake)) for _ in range(count)]
    yield [(await reader.readline(), reader) for reader, _ in lines]
    for _, writer in lines:
        writer.close()


async def talk(intake: Serving, content: bytes, *, announced: bool = True) -> bytes:
    """What the server said in the end of a mail."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port(intake))
    size = f" SIZE={len(content)}" if announced else ""
    try:
        await reader.readline()
        for line in ("EHLO pc", f"MAIL FROM:<ann@customer.example>{size}", f"RCPT TO:<{MAILBOX}>", "DATA"):
            writer.write(line.encode() + b"\r\n")
            while (said := await reader.readline())[3:4] == b"-":
                pass
            if not said.startswith((b"2", b"3")):
                return said
        writer.write(content + b"\r\n.\r\n")
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()


def large() -> bytes:
    """A mail without its subject."""
    mail = written("ann@customer.example", "", "Product: Aurora\n\nSee the dump.\n")
    mail.add_attachment(b"dump", maintype="application", subtype="octet-stream", filename="a.dump")
    del mail["Subject"]
    dump = base64.encodebytes(os.urandom(LARGE * 3 // 4))  # the mail itself would take long over it
    return bytes(mail).replace(b"ZHVtcA==\n", dump).replace(b"\n", b"\r\n")


def peak(intake: Serving) -> int:
    """The most memory that the process ever had, in bytes."""
    assert intake.process
    status = Path(f"/proc/{intake.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


async def test_the_sessions_are_bounded_and_a_place_becomes_free_again(intake: Serving) -> None:
    async with sessions(intake, 110) as greeted:
        assert [line[:3] for line, _ in greeted].count(b"220") == SESSIONS_AT_ONCE
        refused = [(line, reader) for line, reader in greeted if not line.startswith(b"220")]
        for line, reader in refused:
            assert line.startswith(b"421 4.3.2 ")
            assert await reader.read() == b"", "and it hangs up"

    async def free() -> bool:
        async with sessions(intake, 1) as [(line, _)]:
            return line.startswith(b"220")

    await eventually(free)
    assert not [line for line in intake.lines() if line["level"] in ("error", "critical")]


async def test_open_sessions_dont_keep_it_from_ending(intake: Serving) -> None:
    async with sessions(intake, 3) as greeted:
        assert intake.process
        intake.process.terminate()
        assert await intake.ended(15) == 0
        for _, reader in greeted:
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""


@pytest.mark.slow
async def test_large_mails_at_once_are_taken_within_bounds_and_hold_up_nobody(intake: Serving) -> None:
    pauses: list[float] = []

    async def ask() -> None:
        async with httpx2.AsyncClient(base_url=intake.url, timeout=20) as client:
            while True:
                begun = time.monotonic()
                assert (await client.get("/livez")).status_code == 200
                pauses.append(time.monotonic() - begun)
                await asyncio.sleep(0.02)

    content = await asyncio.to_thread(large)
    contents = [f"Subject: Dump {n}\r\n".encode() + content for n in range(8)]
    asking = asyncio.create_task(ask())
    said = await asyncio.gather(*(talk(intake, content, announced=n % 2 == 0) for n, content in enumerate(contents)))
    assert {line[:3] for line in said} <= {b"250", b"421"}
    again = [mail for mail, line in zip(contents, said, strict=True) if line.startswith(b"421")]
    for mail in again:  # as a mail server does
        assert (await talk(intake, mail)).startswith(b"250")
    token = issue(SECRET, Caller("ada", "admin"), now=time.time())
    async with httpx2.AsyncClient(base_url=intake.url, headers={"Authorization": f"Bearer {token}"}) as client:
        mails = (await client.get("/v1/mails")).json()["items"]
    asking.cancel()
    assert sorted(one["subject"] for one in mails) == [f"Dump {n}" for n in range(8)]
    assert min(one["size"] for one in mails) > LARGE
    print(
        f"peak {peak(intake) / 1e6:.0f} MB, longest answer {max(pauses):.3f} s of {len(pauses)}, refused {len(again)}"
    )
    assert peak(intake) < MEMORY


async def test_a_mail_that_turns_out_to_be_too_large_is_refused_and_the_session_goes_on(
    stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path
) -> None:
    async with serving("intake", stack, database, intake_prefix, tmp_path, PUNCTUAL_INTAKE_MAIL_BYTES="100000") as one:
        await one.start()
        await one.ready()
        reader, writer = await asyncio.open_connection("127.0.0.1", port(one))
        envelope = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<" + MAILBOX.encode() + b">\r\nDATA\r\n"
        end = b"\r\n.\r\n"
        # All sent ahead: what follows a mail is a command again.
        writer.write(
            b"EHLO pc\r\n" + envelope + b"x" * 5_000_000 + end + envelope + b"Subject: x\r\n\r\n..x" + end + b"QUIT\r\n"
        )
        said = (await reader.read()).decode().splitlines()
        assert [line[:3] for line in said if line[3:4] == " "] == EXPECTED
        writer.close()


async def test_senders_that_stall_do_not_close_the_door_to_others(
    stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path
) -> None:
    async with serving("intake", stack, database, intake_prefix, tmp_path, PUNCTUAL_INTAKE_MAIL_BYTES="1000000") as one:
        await one.start()
        await one.ready()
        lines = [await asyncio.open_connection("127.0.0.1", port(one)) for _ in range(2)]
        begun = b"EHLO pc\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<" + MAILBOX.encode() + b">\r\nDATA\r\n"
        for _, writer in lines:
            writer.write(begun + b"x" * 900_000)
            await writer.drain()
        content = b"Subject: Dump\r\n\r\n" + b"x" * 640_000
        assert (await talk(one, content)).startswith(b"250"), "it waits until they have lost their room"
        for reader, writer in lines:
            assert (await reader.read()).splitlines()[-1].startswith(b"421 4.4.2 ")
            writer.close()
