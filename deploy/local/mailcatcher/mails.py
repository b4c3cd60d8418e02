"""The mails that were caught: one pair of files each, newest first, the oldest given up beyond a limit."""

import email
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

MAX_KEPT_MAILS = 5000


@dataclass(frozen=True, slots=True)
class Envelope:
    """What SMTP said about a mail, and what a list shows of it."""

    id: int
    received_at: str
    mail_from: str
    rcpt_to: list[str]
    sender: str
    to: str
    subject: str
    message_id: str
    size: int


class Mails:
    """Kept in a folder as `<id>.eml` and `<id>.json`; the envelopes also in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        found = (Envelope(**json.loads(path.read_text())) for path in folder.glob("*.json"))
        self._envelopes = {envelope.id: envelope for envelope in sorted(found, key=lambda e: e.id)}
        self._next = max(self._envelopes, default=0) + 1

    def __iter__(self) -> Iterator[Envelope]:
        """Newest first."""
        return reversed(self._envelopes.values())

    def __len__(self) -> int:
        return len(self._envelopes)

    def add(self, mail_from: str, rcpt_to: list[str], raw: bytes) -> Envelope:
        """Keep a mail as it came."""
        message = parse(raw)
        envelope = Envelope(
            id=self._next,
            received_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            mail_from=mail_from,
            rcpt_to=rcpt_to,
            sender=header(message, "From") or mail_from,
            to=header(message, "To") or ", ".join(rcpt_to),
            subject=header(message, "Subject") or "(no subject)",
            message_id=header(message, "Message-ID"),
            size=len(raw),
        )
        self._next += 1
        (self._folder / f"{envelope.id}.eml").write_bytes(raw)
        (self._folder / f"{envelope.id}.json").write_text(json.dumps(asdict(envelope)))
        self._envelopes[envelope.id] = envelope
        while len(self._envelopes) > MAX_KEPT_MAILS:
            self.remove(next(iter(self._envelopes)))
        return envelope

    def get(self, number: int) -> Envelope | None:
        """None if there is no such mail."""
        return self._envelopes.get(number)

    def raw(self, number: int) -> bytes:
        """The mail's bytes. Raises FileNotFoundError."""
        return (self._folder / f"{number}.eml").read_bytes()

    def remove(self, number: int) -> None:
        """Forget one mail."""
        self._envelopes.pop(number, None)
        for suffix in (".eml", ".json"):
            (self._folder / f"{number}{suffix}").unlink(missing_ok=True)

    def clear(self) -> int:
        """Forget all; how many there were."""
        numbers = list(self._envelopes)
        for number in numbers:
            self.remove(number)
        return len(numbers)


def parse(raw: bytes) -> EmailMessage:
    """The mail with its headers decoded; any bytes are accepted."""
    return email.message_from_bytes(raw, policy=default)


def header(message: EmailMessage, name: str) -> str:
    """Its text, or empty where it is missing or cannot be read."""
    try:
        return str(message.get(name, ""))
    except Exception:  # the library stumbles over some malformed headers
        return ""


def body(message: EmailMessage, kind: str) -> str:
    """The `plain` or `html` text, or empty."""
    try:
        part = cast("EmailMessage | None", message.get_body(preferencelist=(kind,)))
        return "" if part is None else str(part.get_content())
    except Exception:  # an unknown charset, a broken encoding: then the raw mail is what there is to see
        return ""


def details(envelope: Envelope, raw: bytes) -> dict[str, Any]:
    """All that the API says of one mail."""
    message = parse(raw)
    names = dict.fromkeys(message.keys())
    return asdict(envelope) | {
        "headers": {name: header(message, name) for name in names},
        "text": body(message, "plain"),
        "html": body(message, "html"),
        "attachments": [part.get_filename() or "unnamed" for part in message.iter_attachments()],
    }
