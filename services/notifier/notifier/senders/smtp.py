"""A connection to the mail server, kept open, over which one mail after another is offered.

What matters of a failure is what is known afterwards: whether the server exists at all, whether it may take this mail
later, whether it never will, or whether nobody knows that it hasn't taken it already.
"""

import re
from email.message import EmailMessage
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPResponseException

COMMAND_WITHIN = 60.0
"""Seconds that the server may take for an answer: some look for viruses before they give it."""
NOT_OURS = frozenset({530, 534, 535, 538})
"""The server wants other credentials: no mail's fault, and a person has to act."""
UNKNOWN = "unknown"
"""Why a mail is deferred that the server may have taken."""
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Away(Exception):
    """The mail server can't be reached or doesn't know us; no mail was offered."""


class Deferred(Exception):
    """Not now; `reason` is a code, or `unknown` if the mail may have been taken."""


class Rejected(Exception):
    """Never; `reason` is the server's code."""


class Line:
    """One connection. `name`: what we call ourselves."""

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
            timeout=COMMAND_WITHIN,
        )

    async def offer(self, mail: EmailMessage) -> None:
        """Have the server take the mail, as it is. Raises Away, Deferred or Rejected."""
        await self._announce(mail)
        try:
            await self._client.data(mail.as_bytes())
        except SMTPResponseException as error:
            await self._refused(error)
        except (SMTPException, OSError) as error:  # timeouts, too
            self.close()
            raise Deferred(UNKNOWN) from error

    async def _announce(self, mail: EmailMessage) -> None:
        """Sender and recipient. A connection that was idle may be dead: then once more, over a new one."""
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
            raise Away(f"{type(error).__name__}: {error}") from error

    async def _refused(self, error: SMTPResponseException) -> NoReturn:
        reason = _reason(error)
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.close()
        if error.code in NOT_OURS:
            self.close()
            raise Away(f"the server answers {reason}") from error
        raise (Rejected if 500 <= error.code <= 599 else Deferred)(reason) from error

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def _reason(error: SMTPResponseException) -> str:
    """The codes only: a server's words like to repeat the address, and reasons are written into the log."""
    enhanced = _ENHANCED.search(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)
