"""Mails composed plainly: what simulation looks at is there, and it takes a tenth of the time."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import compat32
from typing import Any

from notifier.render import Words


def compose(
    words: Words,
    *,
    to: str,
    identity: str,
    date: datetime,
    references: tuple[str, ...] = (),
    reply_to: str | None = None,
    **others: Any,
) -> EmailMessage:
    """As `notifier.compose` does it, with raw headers. It is a stranger to ASCII, and to addresses that are none."""
    mail = EmailMessage(policy=compat32)
    headers = {"To": to, "Subject": words.subject, "Date": date.isoformat(), "Message-ID": identity}
    headers |= {"References": " ".join(references)} if references else {}
    headers |= {"Reply-To": reply_to} if reply_to else {}
    for name, value in (headers | {"Content-Type": "text/plain"}).items():
        mail[name] = value
    mail.set_payload(words.text.encode("ascii", "replace").decode())
    return mail
