"""A mail server that does what it is told: take mails, refuse them, hang up, or be down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.desk import free_port

Answer = Callable[[str], str | None]
"""(recipient) -> what to answer to it; None: it is welcome."""


def text_of(mail: EmailMessage) -> str:
    """Its words, as plain text."""
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


@dataclass
class MailServer:
    """Mails that it took, in their order. `refuse` and `drop_after` may be changed at any time."""

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: Answer = lambda recipient: None
    hang_up_on: set[str] = field(default_factory=set)
    """Recipients whose next mail is taken but not acknowledged: the connection is cut instead."""
    on_taken: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What to do, once, when a recipient's mail is taken, before it is acknowledged."""
    slow_for: dict[str, float] = field(default_factory=dict)
    """Seconds from taking a recipient's next mail to acknowledging it."""
    connections: int = 0
    _server: asyncio.Server | None = None
    _lines: list[SMTP] = field(default_factory=list)

    async def up(self) -> None:
        loop = asyncio.get_running_loop()

        def connection() -> SMTP:
            self.connections += 1
            line = SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=loop)
            self._lines.append(line)
            return line

        self._server = await loop.create_server(connection, "127.0.0.1", self.port)

    async def down(self) -> None:
        """Refuse connections, and hang up on those that are open."""
        assert self._server
        self._server.close()
        await self._server.wait_closed()
        self.hang_up()

    def hang_up(self) -> None:
        """As a server does with a connection that was idle for too long."""
        for line in self._lines:
            if line.transport is not None:
                line.transport.close()
        self._lines.clear()

    def to(self, recipient: str) -> list[EmailMessage]:
        """The mails to somebody."""
        return [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == recipient]

    async def handle_RCPT(  # noqa: N802 - its name there
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refuse(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        recipient = envelope.rcpt_tos[0]
        self.on_taken.pop(recipient, lambda: None)()
        await asyncio.sleep(self.slow_for.pop(recipient, 0.0))
        if recipient in self.hang_up_on:
            self.hang_up_on.discard(recipient)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"
