"""The listeners for mail: SMTP on a port and, if it is set, LMTP on a port or socket."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from intake.mailroom.certificate import Certificate
from intake.mailroom.content import MailMemory
from intake.mailroom.receive import Receiver
from intake.mailroom.smtp import Door, Handler, LmtpSession, SmtpSession
from intake.settings import Settings
from kit.process.host import Host

SOCKET_MODE = 0o660
"""Of LMTP's socket: for its user and group, to which the mail server has to belong."""


async def listen(host: Host, receiver: Receiver, memory: MailMemory) -> None:
    """Listen until cancelled. `memory`: for large mails, whatever way they come."""
    own = host.own
    assert isinstance(own, Settings)
    handler = Handler(receiver.sorter.mailboxes, receiver)
    certificate = Certificate.of(own)
    shared: dict[str, Any] = {
        "handler": handler,
        "memory": memory,
        "limit": own.mail_bytes,
        "hostname": own.mailbox.rpartition("@")[2],
    }
    smtp = Door(
        **shared,
        tls=certificate.context if certificate else None,
        tls_required=own.smtp_tls_required,
        proxied=own.smtp_proxy_protocol,
    )
    async with AsyncExitStack() as open_doors, asyncio.TaskGroup() as group:
        await open_doors.enter_async_context(_opened(smtp, lambda: SmtpSession(smtp), host.common.host, own.smtp_port))
        if own.lmtp:
            lmtp = Door(**shared)
            where = ("", own.lmtp) if own.lmtp.startswith("/") else (host.common.host, int(own.lmtp))
            await open_doors.enter_async_context(_opened(lmtp, lambda: LmtpSession(lmtp), *where))
        if certificate:
            group.create_task(certificate.follow())
        await asyncio.Event().wait()


@asynccontextmanager
async def _opened(door: Door, make: Callable[[], SmtpSession], host: str, place: int | str) -> AsyncIterator[None]:
    """A door that is open within the block. `place`: a port, or a socket's path."""
    loop = asyncio.get_running_loop()
    if isinstance(place, int):
        server = await loop.create_server(make, host, place)
    else:
        server = await loop.create_unix_server(make, place)
        os.chmod(place, SOCKET_MODE)  # noqa: PTH101 - one call that waits for nothing
    try:
        yield
    finally:
        server.close()
        for session in list(door.sessions):
            session.abort()
