"""A mail's parts, as the standard library takes them apart, and what it gets wrong of them."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from typing import Any

from intake.mail import smime
from intake.mail.charsets import decoded, known
from intake.mail.decode import file_name, unescaped

MAX_PARTS = 1_000
"""Parts of a mail that are read."""
_NO_CHARSET = re.compile(r"[^\w.:+-]", re.ASCII)
_FOLD = re.compile(r"[\r\n]+")
_ENCODED = ("base64", "quoted-printable", "x-uuencode", "uuencode")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4,}[ \t]*(?:\r?\n)++)*+(?:[A-Za-z0-9+/]{2,}={1,2}[ \t]*(?:\r?\n|\Z))?")
_LONG_BASE64 = re.compile(r"^[A-Za-z0-9+/=]{60,}\s*$", re.MULTILINE)
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_COMMON = re.compile(
    rb"^(?:from|to|subject|date|message-id|content-type|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
END_OF_HEADERS = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_HEADERS_BYTES = 256 * 1_024


class Part(Message):
    """A message whose boundary is found also where it was folded within its quotes, and whose charset is one that can
    be read: the library fails over others wherever it is asked for bytes beyond ASCII."""

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:
        """The parameter; a charset by Python's name for it, and none that Python can't read a mail in."""
        try:
            value = super().get_param(param, failobj, header, unquote)
        except Exception:  # the library stumbles over odd parameters
            return failobj
        if param != "charset" or value is failobj:
            return value
        told = _NO_CHARSET.sub("", str(value[2] if isinstance(value, tuple) else value))
        return known(told) or failobj

    @cached_property
    def within(self) -> "Part | None":
        """The mail that this part signs; None if it signs none. Taken out once, for the leaves are asked for often."""
        found = smime.content(self, payload(self)) if self.get_content_type() in smime.TYPES else None
        return None if found is None else message_from_bytes(found, _class=Part)

    def get_boundary(self, failobj: Any = None) -> Any:
        """The boundary, on one line."""
        boundary = super().get_boundary(failobj)
        return _FOLD.sub("", boundary) if isinstance(boundary, str) else boundary


def taken_apart(raw: bytes) -> Message:
    """The mail's parts. Raises whatever the parser does on what it doesn't understand."""
    return message_from_bytes(_mended(raw), _class=Part)


def _mended(raw: bytes) -> bytes:
    """With lines that go on with a header though they are not indented: the parser takes the first for the text's."""
    ends = END_OF_HEADERS.search(raw, 0, _HEADERS_BYTES)
    head = raw[: ends.start()] if ends else b""
    lines = head.splitlines(keepends=True)
    odd = [n for n, one in enumerate(lines) if n and not one.startswith((b" ", b"\t")) and not _FIELD.match(one)]
    if not odd or not _COMMON.search(b"".join(lines[odd[0] + 1 :])):
        return raw
    for n in odd:
        lines[n] = b" " + lines[n]
    return b"".join(lines) + raw[len(head) :]


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order, also within what is signed; an attached mail is one part.

    Not recursive: nesting may be deep.
    """
    stack = [message]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() != "message":
            stack.extend(reversed([child for child in inner if isinstance(child, Message)]))
        elif isinstance(part, Part) and part.within:
            stack.append(part.within)
        else:
            yield part


def payload(part: Message) -> bytes:
    """The decoded bytes of a part; of an attached mail, its own, also where they are encoded, which nothing allows."""
    inner = part.get_payload()
    if not isinstance(inner, list):
        if footer(part):
            part = _without_footer(part)
        data = part.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""
    attached = next((child for child in inner if isinstance(child, Message)), None)
    if attached is None:
        return b""
    encoding = _encoding(part)
    if encoding not in _ENCODED or attached.is_multipart() or attached.keys():
        return _written(attached)
    wrapped = Message()
    wrapped["Content-Transfer-Encoding"] = encoding
    wrapped.set_payload(attached.get_payload())
    return payload(wrapped)


def footer(part: Message) -> str:
    """What a mailing list put in plain text below a text in base64, which it did not see; empty if nothing."""
    inner = part.get_payload()
    if not isinstance(inner, str) or part.get_content_maintype() != "text" or _encoding(part) != "base64":
        return ""
    below = inner[_of_base64(inner) :]
    return "" if _LONG_BASE64.search(below) or not _NO_BASE64.search(below) else below.strip()


def _without_footer(part: Message) -> Message:
    inner = str(part.get_payload())
    bare = Message()
    bare["Content-Transfer-Encoding"] = "base64"
    bare.set_payload(inner[: _of_base64(inner)])
    return bare


def _of_base64(text: str) -> int:
    """How many characters from the beginning are base64."""
    found = _BASE64.match(text)
    return found.end() if found else 0


def _encoding(part: Message) -> str:
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def _written(mail: Message) -> bytes:
    try:
        return mail.as_bytes()
    except Exception:  # the library can't write all that it reads
        return b"".join(payload(leaf) for leaf in leaves(mail) if not isinstance(leaf.get_payload(), list))


def name(part: Message) -> str:
    """The file's name, on one line, whatever bytes and charset it is written in; empty if it has none."""
    for header, param in (("content-disposition", "filename"), ("content-type", "name")):
        value = _param(part, header, param)
        if isinstance(value, tuple):
            charset, _, told = value
            value = decoded(str(told).encode("latin-1", "replace"), charset or None)
        if value:
            return file_name(str(value))
    return ""


def _param(part: Message, header: str, param: str) -> Any:
    """The parameter, with 8-bit bytes read as text before the library replaces them."""
    raw = next((str(value) for key, value in part.raw_items() if key.lower() == header), "")
    read = Part()
    read[header] = _FOLD.sub("", unescaped(raw))
    return read.get_param(param, None, header)


def param(part: Message, header: str, wanted: str) -> str:
    """A parameter of a header in lower case; empty if there is none."""
    value = part.get_param(wanted, "", header)
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()
