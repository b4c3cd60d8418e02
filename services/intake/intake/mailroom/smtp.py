"""The SMTP listener. It answers 250 once a mail is stored, 4yz if it can't be stored now, 5yz before DATA if never.

It has no TLS and no authentication: it stands behind a mail server that has both.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from math import inf
from typing import Any, cast

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from intake.mail import mailbox_of
from intake.mailroom.content import CHUNK_BYTES, MailMemory, Reservation, received
from intake.mailroom.receive import Receiver
from intake.settings import Settings
from kit.process.host import Host
from kit.store import Unavailable

SESSIONS_AT_ONCE = 50
"""Sessions that are open at one time."""
IDLE_SECONDS = 60.0
"""A session that has sent no byte for this long makes way for a new one if there are too many. It is longer than any
session waits for us."""
SESSION_TIMEOUT_SECONDS = 300.0
"""A session that has sent no byte for this long is ended; a mail as a whole may take longer."""
STORE_TIMEOUT_SECONDS = 20.0
"""A mail that is not stored within this time is given back: it is less than any sender waits."""
FAULTS = {
    "too-much": "552 5.3.4 Longer than any mail that is taken here",
    "full": "421 4.3.2 Too many large mails at once, try again later",
    "silent": "421 4.4.2 Nothing more came of the mail, try again later",
}

# The library writes addresses and whole lines of mails into the log.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
log = structlog.get_logger("smtp")


class _Session(SMTP):
    """A session; it tells the listener when it begins and ends."""

    line_length_limit = CHUNK_BYTES  # of what is read ahead; a line of a mail may be of any length

    def __init__(
        self, handler: "_Handler", sessions: "set[_Session]", memory: MailMemory, limit: int, hostname: str
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=limit,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Punctual",
            timeout=SESSION_TIMEOUT_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._sessions, self._memory, self._limit = sessions, memory, limit
        self._handler = handler
        self._heard = 0.0
        """When the last byte came, in the loop's seconds."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._sessions) >= SESSIONS_AT_ONCE and not self._room_made():
            # A loop's transports need not be asyncio.Transport: those of uvloop aren't.
            line = cast(asyncio.Transport, transport)
            line.write(b"421 4.3.2 Too many at once, try again later\r\n")
            line.close()
            return
        self._sessions.add(self)
        self._heard = self.loop.time()
        super().connection_made(transport)

    def _room_made(self) -> bool:
        """End the session that has been silent longest, if it has been silent long enough."""
        longest = min(self._sessions, key=lambda one: one._heard)
        if longest.transport is None or self.loop.time() - longest._heard < IDLE_SECONDS:
            return False
        longest._heard = inf
        line = cast(asyncio.Transport, longest.transport)
        line.write(b"421 4.4.2 Nothing came, and others wait; try again later\r\n")
        line.close()
        return True

    def data_received(self, data: bytes) -> None:
        if self in self._sessions:
            self._heard = self.loop.time()
            self._reset_timeout()  # the library does so only after a command
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self in self._sessions else None

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._sessions:
            self._sessions.discard(self)
            super().connection_lost(error)

    def abort(self) -> None:
        """Hang up at once."""
        if self.transport is not None:
            cast(asyncio.Transport, self.transport).abort()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Replaces the library's own, which reads line by line, and as many mails at once as there are sessions."""
        if await self.check_helo_needed():
            return
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 Name a recipient first")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        async with self._memory.reserve() as reservation:
            mail = await received(self._reader, self._limit, reservation)
            # What was sent ahead are commands, which the library takes from there alone.
            self._reader._buffer[:0] = mail.rest  # type: ignore[attr-defined]
            said = FAULTS[mail.fault] if mail.fault else await self._handler.store(mail.content, envelope, reservation)
            del mail
        self.envelope = self._create_envelope()
        await self.push(said)
        if said.startswith("421") and self.transport is not None:
            cast(asyncio.Transport, self.transport).close()


class _Handler:
    """The library's callbacks. Answers never quote what the other side said."""

    def __init__(self, mailboxes: Collection[str], receiver: Receiver) -> None:
        self._mailboxes = mailboxes
        self._postmasters = {f"postmaster@{mailbox.rpartition('@')[2]}" for mailbox in mailboxes}
        self._receiver = receiver

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The mailboxes, their signed reply addresses, and the postmaster that every mail server has."""
        if address.lower() not in self._postmasters and mailbox_of(address, self._mailboxes) is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def store(self, content: bytearray, envelope: Envelope, reservation: Reservation) -> str:
        """Store a mail; the SMTP answer."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT_SECONDS), reservation.storing():
                await self._receiver.receive(content, envelope.mail_from or "", envelope.rcpt_tos)
        except (Unavailable, TimeoutError) as error:
            log.warning("a mail was not stored", error=repr(error))
            return "451 4.3.0 Could not be stored, try again later"
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """A defect of ours: the sender keeps the mail and tries again."""
        log.exception("unforeseen", exc_info=error)
        return "451 4.3.0 Something went wrong on our side, try again later"


async def serve(host: Host, receiver: Receiver) -> None:
    """Listen until cancelled."""
    own = host.own
    assert isinstance(own, Settings)
    sessions: set[_Session] = set()
    memory, handler = MailMemory(own.mail_bytes), _Handler(receiver.sorter.mailboxes, receiver)
    hostname = own.mailbox.rpartition("@")[2]
    make: Callable[[], Any] = lambda: _Session(handler, sessions, memory, own.mail_bytes, hostname)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, host.common.host, own.smtp_port)
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        for session in list(sessions):
            session.abort()
