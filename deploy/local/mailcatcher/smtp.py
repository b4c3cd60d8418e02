"""The SMTP side: every mail is taken, for whomever."""

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailcatcher.mails import Mails

MAX_BYTES = 50 * 1024 * 1024


class Catch:
    """aiosmtpd's handler."""

    def __init__(self, mails: Mails) -> None:
        self._mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        """Keep it, and say under which number."""
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
        kept = self._mails.add(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return f"250 Caught as {kept.id}"


async def listen(mails: Mails, host: str, port: int) -> asyncio.Server:
    """Take mails on that port."""
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(Catch(mails), hostname="localhost", data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, loop=loop)

    return await loop.create_server(connection, host, port)
