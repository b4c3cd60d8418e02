"""A connection to the mail server, kept open, over which one mail after another is offered.

A failure is classified by what is known after it: the server can't be reached; it may take this mail later; it never
will; or it may have taken the mail already.
"""

import re
from email.message import EmailMessage
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPResponseException

COMMAND_TIMEOUT_SECONDS = 60.0
"""The server's time for an answer: some look for viruses first."""
CREDENTIALS_REFUSED = frozenset({530, 534, 535, 538})
"""SMTP codes by which the server wants other credentials: no mail is at fault, and a person has to act."""
UNKNOWN = "unknown"
"""The reason for deferring a mail that the server may have taken."""
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class ServerAway(Exception):
    """The mail server can't be reached or doesn't know us; no mail was offered."""


class Deferred(Exception):
    """The server doesn't take the mail now; the message is a code, or `unknown` if the mail may have been taken."""


class Rejected(Exception):
    """The server never takes the mail; the message is its code."""


class Connection:
    """One connection. `name`: our name in EHLO."""

    def __init__(self, url: str, name: str) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "smtps"
        self._client = SMTP(
            hostname=parts.hostname,
            port=parts.port or (465 if secure else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=secure,
            local_hostname=name,
            timeout=COMMAND_TIMEOUT_SECONDS,
        )

    async def offer(self, mail: EmailMessage) -> None:
        """Have the server take the mail, as it is. Raises ServerAway, Deferred or Rejected."""
        await self._announce(mail)
        try:
            await self._client.data(mail.as_bytes())
        except SMTPResponseException as error:
            await self._refused(error)
        except (SMTPException, OSError) as error:  # timeouts, too
            self.close()
            raise Deferred(UNKNOWN) from error

    async def _announce(self, mail: EmailMessage) -> None:
        """Name sender and recipient. An idle connection may be dead: then try once more, over a new one."""
        kept = self._client.is_connected
        try:
            await self._open()
            await self._envelope(mail)
        except (SMTPNotSupported, UnicodeError) as error:
            raise Rejected("the server takes no international addresses") from error
        except SMTPResponseException as error:
            await self._refused(error)
        except (SMTPException, OSError) as error:
            self.close()
            if not kept:
                raise Deferred("disconnected") from error
            await self._announce(mail)

    async def _envelope(self, mail: EmailMessage) -> None:
        sender, recipient = (str(mail[name].addresses[0].addr_spec) for name in ("From", "To"))
        if sender.isascii() and recipient.isascii():
            await self._client.mail(sender)
            await self._client.rcpt(recipient)
            return
        if not self._client.is_ehlo_or_helo_needed and not self._client.supports_extension("smtputf8"):
            raise SMTPNotSupported("SMTPUTF8")
        await self._client.mail(sender, options=["SMTPUTF8", "BODY=8BITMIME"], encoding="utf-8")
        await self._client.rcpt(recipient, encoding="utf-8")

    async def _open(self) -> None:
        if self._client.is_connected:
            return
        try:
            await self._client.connect()
            if self._client.is_ehlo_or_helo_needed:
                await self._client.ehlo()
        except (SMTPException, OSError) as error:
            self.close()
            raise ServerAway(f"{type(error).__name__}: {error}") from error

    async def _refused(self, error: SMTPResponseException) -> NoReturn:
        reason = _reason(error)
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.close()
        if error.code in CREDENTIALS_REFUSED:
            self.close()
            raise ServerAway(f"the server answers {reason}") from error
        raise (Rejected if 500 <= error.code <= 599 else Deferred)(reason) from error

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def _reason(error: SMTPResponseException) -> str:
    """The codes only: a server's words may repeat the address, and reasons go into the log."""
    enhanced = _ENHANCED.search(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)
