"""SMTP sessions. They answer 250 once a mail is stored, 4yz if it can't be stored now, 5yz before DATA if never.

There is no authentication: whoever may write to the mailboxes may come here, or a mail server in front sees to it.
"""

import asyncio
import logging
import ssl
from collections.abc import Collection
from dataclasses import dataclass, field
from math import inf
from typing import Any, cast

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from intake.mail import mailbox_of
from intake.mailroom.content import CHUNK_BYTES, MailMemory, Reservation, received
from intake.mailroom.receive import Receiver
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
TLS_TIMEOUT_SECONDS = 20.0
"""How long both sides have to agree on a key."""
PROXY_TIMEOUT_SECONDS = 10.0
"""How long a proxy has to say whom it speaks for."""
FAULTS = {
    "too-much": "552 5.3.4 Longer than any mail that is taken here",
    "full": "421 4.3.2 Too many large mails at once, try again later",
    "silent": "421 4.4.2 Nothing more came of the mail, try again later",
}

# The library writes addresses and whole lines of mails into the log.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
log = structlog.get_logger("smtp")


@dataclass(frozen=True, kw_only=True)
class Door:
    """What the sessions of a listener share. `memory`: for large mails, of all listeners; `limit`: bytes of a mail.

    `tls`: with a certificate, if TLS is offered; `tls_required`: nothing is taken without it. `proxied`: a proxy in
    front says first who is at the other end (PROXY protocol, version 1 or 2).
    """

    handler: "Handler"
    memory: MailMemory
    limit: int
    hostname: str
    tls: ssl.SSLContext | None = None
    tls_required: bool = False
    proxied: bool = False
    sessions: "set[SmtpSession]" = field(default_factory=set)


class SmtpSession(SMTP):
    """A session; it tells its door when it begins and ends."""

    line_length_limit = CHUNK_BYTES  # of what is read ahead; a line of a mail may be of any length

    def __init__(self, door: Door) -> None:
        super().__init__(
            door.handler,
            data_size_limit=door.limit,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident="Punctual",
            timeout=SESSION_TIMEOUT_SECONDS,
            tls_context=door.tls,
            require_starttls=door.tls_required,
            proxy_protocol_timeout=PROXY_TIMEOUT_SECONDS if door.proxied else None,
            loop=asyncio.get_running_loop(),
        )
        self._door, self._sessions = door, door.sessions
        self._heard = 0.0
        """When the last byte came, in the loop's seconds."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or refuse if there are too many."""
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
        """Note that somebody is there."""
        if self in self._sessions:
            self._heard = self.loop.time()
            self._reset_timeout()  # the library does so only after a command
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """End, unless it never began."""
        return super().eof_received() if self in self._sessions else None

    def connection_lost(self, error: Exception | None) -> None:
        """Leave the place to another."""
        if self in self._sessions:
            self._sessions.discard(self)
            super().connection_lost(error)

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except (IndexError, ValueError, EOFError, asyncio.LimitOverrunError):
            self.abort()  # the library stumbles over odd headers of a proxy
        if self._door.proxied and not (self.session and self.session.proxy_data):
            log.info("a mail session was refused: it did not begin with a PROXY header")

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Replaces the library's own, which reaches into a loop of another kind than ours."""
        if arg:
            await self.push("501 5.5.4 Syntax: STARTTLS")
            return
        if self._door.tls is None or self._tls_protocol:
            await self.push("454 4.7.0 There is no TLS to begin here")
            return
        await self.push("220 2.0.0 Begin")
        plain = cast(asyncio.Transport, self.transport)
        # What was sent ahead came from nobody knows whom, and is no part of what is said under TLS (RFC 3207, 6).
        self._reader._buffer.clear()  # type: ignore[attr-defined]
        try:
            line = await self.loop.start_tls(
                plain, self, self._door.tls, server_side=True, ssl_handshake_timeout=TLS_TIMEOUT_SECONDS
            )
        except OSError as error:
            log.info("TLS could not be begun", error=repr(error))
            plain.abort()
            return
        self._original_transport, self.transport = plain, line
        self._tls_protocol = cast(Any, line)  # for the library it only says that TLS has begun
        self._reader._transport = self._writer._transport = line  # type: ignore[attr-defined]
        self.envelope = self._create_envelope()
        self.session = self._create_session()
        self.session.ssl = {}

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
        async with self._door.memory.reserve() as reservation:
            mail = await received(self._reader, self._door.limit, reservation)
            # What was sent ahead are commands, which the library takes from there alone.
            self._reader._buffer[:0] = mail.rest  # type: ignore[attr-defined]
            handler = self._door.handler
            said = FAULTS[mail.fault] if mail.fault else await handler.store(mail.content, envelope, reservation)
            del mail
        self.envelope = self._create_envelope()
        await self._answer(said, len(envelope.rcpt_tos))
        if said.startswith("421") and self.transport is not None:
            cast(asyncio.Transport, self.transport).close()

    async def _answer(self, said: str, recipients: int) -> None:
        """Say what became of a mail to so many recipients."""
        await self.push(said)


class LmtpSession(SmtpSession, LMTP):
    """A session of LMTP (RFC 2033): the same, but for its greeting and an answer for each recipient."""

    async def _answer(self, said: str, recipients: int) -> None:
        # All recipients are of one desk, which stores the mail for all of them or for none.
        await self.push("\r\n".join([said] * recipients))


class Handler:
    """The library's callbacks. Answers never quote what the other side said."""

    def __init__(self, mailboxes: Collection[str], receiver: Receiver) -> None:
        self._mailboxes = mailboxes
        self._postmasters = {f"postmaster@{mailbox.rpartition('@')[2]}" for mailbox in mailboxes}
        self._receiver = receiver

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """What is offered; the library would offer an AUTH that nobody could pass."""
        session.host_name = hostname
        offered = [one for one in responses[1:-1] if not one.startswith("250-AUTH")]
        return [responses[0], "250-PIPELINING", *offered, responses[-1]]

    async def handle_PROXY(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, said: ProxyData
    ) -> bool:
        """Whoever is behind the proxy may come."""
        return True

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
