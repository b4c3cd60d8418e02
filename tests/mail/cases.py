"""One mail for each fault that real ones had, in words of our own: what it says, and what is to be read of it."""

from dataclasses import dataclass, field
from typing import Any

HEAD = b"From: Ann <ann@acme.example>\nTo: support@desk.example\nSubject: It stops\nMIME-Version: 1.0\n"


@dataclass(frozen=True)
class Case:
    """`fault`: what went wrong once, in a word or a few. `raw`: the mail. `read`: the values of its fields."""

    fault: str
    raw: bytes
    read: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.fault


def plain(text: str, head: bytes = HEAD) -> bytes:
    """A mail of this text."""
    return head + b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode()


def page(html: str) -> bytes:
    """A mail of this HTML alone."""
    return HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()
