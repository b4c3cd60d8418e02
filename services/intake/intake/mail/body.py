"""A mail's text and attachments."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from contracts.tickets import Unread
from intake.mail import smime
from intake.mail.abridged import bytes_cut
from intake.mail.answers import coloured
from intake.mail.decode import decode, file_name, line
from intake.mail.html import MAX_CHARACTERS, to_text
from intake.mail.parts import footer, leaves, name, param, payload, taken_apart
from intake.mail.uuencoded import taken_out

TEXT_BYTES = 192 * 1_024
"""How much of the text is kept, in UTF-8; the raw mail is kept whole."""
CUT = "\n[… the rest is in the mail as received]"
_HEADER_BYTES = 64 * 1_024
"""How much of an attached mail is looked at for its subject."""
_META = re.compile(rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:-]{1,40})""", re.IGNORECASE)
"""In which charset a page says to be, in both ways of saying it."""
_META_BYTES = 4 * 1_024
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
_ARMOUR = re.compile(r"^[ \t]*-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_ARMOUR_ENDS = re.compile(r"-----END PGP MESSAGE-----[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file or mail. `size`: its bytes, decoded; approximate for a large one."""

    name: str
    content_type: str
    size: int
    closed: Unread | None = None


def read(message: Message) -> tuple[str, tuple[Attachment, ...], tuple[str, ...]]:
    """The text, plain if there is any, else from HTML; the attachments; and what HTML has in colour."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    files: list[tuple[str, bytes]] = []
    for part in leaves(message):
        if is_attached(part):
            attachments.append(_attachment(part))
        elif part.get_content_type() == "text/plain":
            text, written = taken_out(_text(part))
            plain.append(text)
            files.extend(written)
        else:
            html.append(_text(part))
    attachments.extend(_file(*one) for one in files)
    words = _joined(plain) or _joined([to_text(page) for page in html])
    in_colour = (piece for page in html for piece in coloured(page[:MAX_CHARACTERS]))
    return clipped(words), tuple(attachments), tuple(dict.fromkeys(in_colour))


def _text(part: Message) -> str:
    data, charset = payload(part), part.get_content_charset()
    if not charset and part.get_content_type() == "text/html" and not _is_utf8(data):
        told = _META.search(data, 0, _META_BYTES)
        charset = told[1].decode("ascii") if told else None
    text = decode(data, charset)
    below = footer(part)
    return f"{text}\n{below}" if below else text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except ValueError:
        return False
    return True


def attached(raw: bytes, number: int) -> tuple[Attachment, bytes] | None:
    """An attachment of a mail with its bytes, counted from 1; None: there is none of that number."""
    try:
        message = taken_apart(raw)
        parts = [part for part in leaves(message) if is_attached(part)]
        if 0 < number <= len(parts):
            return _attachment(parts[number - 1]), payload(parts[number - 1])
        files = _files(message) if number > 0 else []
        name, data = files[number - 1 - len(parts)]
        return _file(name, data), data
    except Exception:  # such a mail is read as plain text, and has no attachments
        return None


def _files(message: Message) -> list[tuple[str, bytes]]:
    """What is written into its texts by uuencode: it is counted behind all parts."""
    texts = (part for part in leaves(message) if not is_attached(part) and part.get_content_type() == "text/plain")
    return [file for part in texts for file in taken_out(_text(part))[1]]


def _file(name: str, data: bytes) -> Attachment:
    return Attachment(file_name(name), "application/octet-stream", len(data))


def charsets(message: Message) -> tuple[str, ...]:
    """Those that the mail's texts claim: what its headers claim none for may be written in them, too."""
    told = (str(part.get_content_charset() or "") for part in leaves(message) if part.get_content_maintype() == "text")
    return tuple(dict.fromkeys(filter(None, told)))


def is_attached(part: Message) -> bool:
    """Whether a part is no text of the mail."""
    if part.get_content_type() not in ("text/plain", "text/html"):
        return True
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def is_armour(text: str) -> bool:
    """Whether a text has a message encrypted with PGP, that is not quoted."""
    return _ARMOUR.search(text) is not None


def around_armour(text: str) -> str:
    """What stands above, between and below messages encrypted with PGP; one whose end is missing takes all the rest."""
    kept, at = [], 0
    while begins := _ARMOUR.search(text, at):
        kept.append(text[at : begins.start()])
        ends = _ARMOUR_ENDS.search(text, begins.end())
        at = ends.end() if ends else len(text)
    return "".join([*kept, text[at:]]).strip()


def clipped(text: str, limit: int = TEXT_BYTES) -> str:
    """The text, cut at `limit` bytes of UTF-8 with a note that says so."""
    data = text.encode("utf-8")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore") + CUT


def _attachment(part: Message) -> Attachment:
    kind, data = part.get_content_type(), payload(part)
    return Attachment(name(part) or _subject(part, data), line(kind), _size(part, data), _closed(part, kind, data))


def _closed(part: Message, kind: str, data: bytes) -> Unread | None:
    if kind == "application/pgp-encrypted" or (
        kind == "application/octet-stream" and is_armour(data[:100].decode("latin-1"))
    ):
        return "pgp"
    if kind in _TNEF:
        return "tnef"
    if kind not in smime.TYPES:
        return None
    signed = "signed-data" in param(part, "content-type", "smime-type") or _SIGNED_DATA in data[:64]
    return "smime-signed" if signed and _ENVELOPED_DATA not in data[:64] else "smime"


def _subject(part: Message, data: bytes) -> str:
    """A name for an attached mail: its subject."""
    inner = part.get_payload()
    mail = inner[0] if isinstance(inner, list) and inner else None
    if part.get_content_type() != "message/rfc822" or not isinstance(mail, Message):
        return ""
    if not mail.keys():  # it is encoded, which nothing allows
        mail = message_from_bytes(data[:_HEADER_BYTES])
    subject = line(next((str(value) for key, value in mail.raw_items() if key.lower() == "subject"), ""))
    return file_name(f"{subject[:100]}.eml") if subject else ""


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip()).strip()


def _size(part: Message, data: bytes) -> int:
    """The bytes of a part; of one of which only the beginning was read, by what was left out."""
    inner = part.get_payload()
    written = inner if isinstance(inner, str) else ""
    cut = bytes_cut(written)
    return len(data) + round(cut * len(data) / max(len(written), 1))
