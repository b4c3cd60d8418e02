"""The SMTP listener. It says 250 once a mail is stored, 4yz when it could not be, 5yz before DATA for what never will.

No TLS and no authentication: it stands behind a mail server that has both.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from intake.mailroom.keeping import Keeper
from intake.settings import Settings
from kit.running import Running
from kit.store import Unavailable

SESSIONS = 50
"""At one time: each may hold a mail or two of the greatest size in memory."""
PATIENCE = 20.0
"""Seconds until a mail that can't be stored is given back: less than any sender waits."""

# It writes addresses and whole lines of mails into the log.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
log = structlog.get_logger("smtp")


class _Session(SMTP):
    """A session; it tells the listener when it begins and ends."""

    def __init__(self, handler: "_Handler", sessions: "set[_Session]", limit: int, hostname: str) -> None:
        # The default of 1001 bytes a line refuses mails that others let pass.
        self.line_length_limit = limit
        super().__init__(
            handler,
            data_size_limit=limit,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Punctual",
            timeout=300,
            loop=asyncio.get_running_loop(),
        )
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._sessions) >= SESSIONS and isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too many at once, try again later\r\n")
            transport.close()
            return
        self._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._sessions:
            self._sessions.discard(self)
            super().connection_lost(error)


class _Handler:
    """What the listener's library calls. Its answers never quote what the other side said."""

    def __init__(self, mailbox: str, keeper: Keeper) -> None:
        self._local, _, self._domain = mailbox.lower().rpartition("@")
        self._keeper = keeper

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The mailbox, its signed reply addresses, and the postmaster that every mail server has."""
        local, _, domain = address.lower().rpartition("@")
        known = local in (self._local, "postmaster") or local.startswith(f"{self._local}+")
        if not (known and domain == self._domain):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Stored, or not."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._keeper.keep(envelope.original_content or b"", envelope.mail_from or "", envelope.rcpt_tos)
        except (Unavailable, TimeoutError) as error:
            log.warning("a mail was not stored", error=repr(error))
            return "451 4.3.0 Could not be stored, try again later"
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """A defect of ours: the sender keeps the mail and tries again."""
        log.exception("unforeseen", exc_info=error)
        return "451 4.3.0 Something went wrong on our side, try again later"


async def serve(running: Running, keeper: Keeper) -> None:
    """Listen until cancelled."""
    own = running.own
    assert isinstance(own, Settings)
    sessions: set[_Session] = set()
    handler = _Handler(own.mailbox, keeper)
    make: Callable[[], Any] = lambda: _Session(handler, sessions, own.mail_bytes, own.mailbox.rpartition("@")[2])  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, running.common.host, own.smtp_port)
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        for session in list(sessions):
            if isinstance(session.transport, asyncio.Transport):
                session.transport.abort()
