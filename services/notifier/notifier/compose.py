"""Composes a mail: its words with their headers, as sent.

The standard library folds a header by encoding any word that is longer than a line. That destroys message ids, which
are often longer (Exchange's are about 90 characters), so the policy here folds identification headers between ids only.
In a long subject it loses spaces between encoded words, so there the older `email.header` does the folding.
"""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from typing import Any

from contracts.addresses import ascii_domain
from contracts.notifications import Automatic
from notifier.render import Words, one_line

IDENTIFIERS = frozenset({"message-id", "in-reply-to", "references"})
_DOTTED = re.compile(r"[^\s@.,:;<>()\[\]\\\"]+(\.[^\s@.,:;<>()\[\]\\\"]+)*")
_LOCAL = re.compile(r"[^\s@,:;<>()\[\]\\\"]+")
_IN_QUOTES = re.compile(r"\"([^@,:;<>()\[\]\\\"]+)\"")
"""A local part with blanks, as in `"jo smith"@acme.example`. The rules allow more, but nobody has it."""
_DOMAIN = re.compile(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")


class UnusableAddress(ValueError):
    """No mail can be sent to this address."""


class _Policy(EmailPolicy):
    def fold(self, name: str, value: Any) -> str:
        if name.lower() in IDENTIFIERS:
            return f"{name}: " + f"{self.linesep} ".join(str(value).split()) + self.linesep
        if name.lower() == "subject":
            return f"{name}: {Header(str(value), header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in IDENTIFIERS | {"subject"}:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


_PLAIN = _Policy(linesep=SMTP.linesep)
_INTERNATIONAL = _Policy(linesep=SMTPUTF8.linesep, utf8=True)


def compose(
    words: Words,
    *,
    sender: str,
    name: str,
    to: str,
    identity: str,
    date: datetime,
    automatic: Automatic | None = None,
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    reply_to: str | None = None,
) -> EmailMessage:
    """The mail, for `as_bytes()`, from `sender` under the name `name`.

    `identity`: our Message-ID; `date` aware; `in_reply_to`, `references`: Message-IDs, ours and others', of which
    malformed ones are left out. Raises UnusableAddress for `sender`, `to` or `reply_to`.
    """
    addresses = [_address(text) for text in (sender, to, reply_to or sender)]
    ascii_only = all(address.addr_spec.isascii() for address in addresses)
    mail = EmailMessage(policy=_PLAIN if ascii_only else _INTERNATIONAL)
    mail["From"] = Address(one_line(name), addresses[0].username, addresses[0].domain)
    mail["To"] = addresses[1]
    mail["Subject"] = words.subject
    mail["Date"] = date
    mail["Message-ID"] = identity
    if reply_to:
        mail["Reply-To"] = addresses[2]
    _thread(mail, in_reply_to, references)
    if automatic:
        mail["Auto-Submitted"] = f"auto-{automatic}"
        mail["X-Auto-Response-Suppress"] = "All"  # Exchange doesn't know RFC 3834
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = words.language  # after the content, which takes such headers along into its parts
    return mail


def _thread(mail: EmailMessage, in_reply_to: str | None, references: tuple[str, ...]) -> None:
    known = [one for one in references if _MESSAGE_ID.fullmatch(one)]
    if in_reply_to and _MESSAGE_ID.fullmatch(in_reply_to):
        mail["In-Reply-To"] = in_reply_to
        known = [*(one for one in known if one != in_reply_to), in_reply_to]
    if known:
        mail["References"] = " ".join(dict.fromkeys(known))


def _address(text: str) -> Address:
    """The address, its domain as ASCII. Only a bare one: no name, no second address, nothing that ends the header.

    What may stand only in quotes is quoted: blanks, and dots where no address may have them, as their providers expect:
    `"aki..mori."@docomo.example`.
    """
    local, _, domain = text.rpartition("@")
    in_quotes = _IN_QUOTES.fullmatch(local)
    local = in_quotes[1] if in_quotes else local
    try:
        domain = ascii_domain(domain)
    except ValueError as error:  # endless labels too
        raise UnusableAddress(f"{text!r} is no mail address") from error
    is_local = local.isprintable() and bool(in_quotes or _LOCAL.fullmatch(local))
    if "=?" in text or not (is_local and _DOMAIN.fullmatch(domain)):
        raise UnusableAddress(f"{text!r} is no mail address")
    return (Address if _DOTTED.fullmatch(local) else _Quoted)(username=local, domain=domain)


class _Quoted(Address):
    """The standard library quotes a local part that it must, but not for its dots."""

    @property
    def addr_spec(self) -> str:
        return f'"{self.username}"@{self.domain}'
