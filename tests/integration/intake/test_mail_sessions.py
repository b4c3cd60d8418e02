"""Mail sessions that say nothing, or speak slowly."""

import asyncio

import pytest
from tests.desk import TestDesk, eventually
from tests.integration.intake.post import MAILBOX

from intake.mailroom import smtp
from intake.mailroom.content import MailMemory

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def greeted(intake: TestDesk) -> tuple[bytes, Line]:
    """A new session, and what it is told first."""
    line = await asyncio.open_connection("127.0.0.1", intake.smtp)
    return await line[0].readline(), line


async def test_one_that_says_nothing_makes_way_for_another(intake: TestDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SESSIONS_AT_ONCE", 1)
    lines = []

    async def taken() -> bool:
        """As soon as the sessions of other tests are over."""
        said, line = await greeted(intake)
        lines.append(line)
        return said.startswith(b"220")

    await eventually(taken)
    first, _ = lines[-1]
    said, line = await greeted(intake)
    lines.append(line)
    assert said.startswith(b"421 4.3.2 "), "it may be about to say something"
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.0)
    said, line = await greeted(intake)
    lines.append(line)
    assert said.startswith(b"220")
    assert (await first.readline()).startswith(b"421 4.4.2 ")
    assert await first.read() == b""
    for _, writer in lines:
        writer.close()


class Silent(asyncio.Transport):
    """A line on which nobody listens."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def is_closing(self) -> bool:
        return True

    def close(self) -> None:
        pass


async def test_a_mail_may_take_longer_than_a_session_may_be_silent() -> None:
    handler = smtp.Handler([MAILBOX], None)  # type: ignore[arg-type]
    session = smtp.SmtpSession(
        smtp.Door(handler=handler, memory=MailMemory(1000), limit=1000, hostname="punctual.local")
    )
    session.connection_made(Silent())
    before = session._timeout_handle
    assert before
    session.data_received(b"X-Slow: yes\r\n")
    assert session._timeout_handle
    assert session._timeout_handle.when() >= before.when()
    assert before.cancelled(), "it is counted from the last byte"
    session.connection_lost(None)
    assert session._timeout_handle.cancelled()
