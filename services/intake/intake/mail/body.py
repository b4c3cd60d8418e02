"""A mail's text and attachments."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from intake.mail.decode import decode, line
from intake.mail.html import to_text

MAX_PARTS = 1_000
"""Parts of a mail that are read."""
TEXT_BYTES = 192 * 1_024
"""How much of the text is kept, in UTF-8; the raw mail is kept whole."""
CUT = "\n[… the rest is in the mail as received]"


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file or mail. `size`: bytes that were read, decoded; approximate for a mail."""

    name: str
    content_type: str
    size: int


def read(message: Message) -> tuple[str, tuple[Attachment, ...]]:
    """The text, plain if there is any, else from HTML; and the attachments."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for part in leaves(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or _is_attached(part):
            attachments.append(Attachment(_name(part), kind, _size(part)))
        else:
            text = decode(payload(part), part.get_content_charset())
            (plain if kind == "text/plain" else html).append(text)
    words = _joined(plain) or _joined([to_text(page) for page in html])
    return clipped(words), tuple(attachments)


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; an attached mail is one part. Not recursive: nesting may be deep."""
    stack = [message]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() != "message":
            stack.extend(reversed([child for child in inner if isinstance(child, Message)]))
        else:
            yield part


def payload(part: Message) -> bytes:
    """The decoded bytes of a part."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def clipped(text: str, limit: int = TEXT_BYTES) -> str:
    """The text, cut at `limit` bytes of UTF-8 with a note that says so."""
    data = text.encode("utf-8")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore") + CUT


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip()).strip()


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _name(part: Message) -> str:
    return line(str(part.get_filename() or ""))


def _size(part: Message) -> int:
    inner = part.get_payload()
    if isinstance(inner, list):
        return sum(len(payload(leaf)) for child in inner if isinstance(child, Message) for leaf in leaves(child))
    return len(payload(part))
