"""Bytes and encoded words to text, whatever charset they claim. Nothing here raises."""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

_SPELLINGS = {"uft-8": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-7": "utf-7", "x-sjis": "cp932", "ascii": "utf-8"}
_WORSE_THAN_NONE = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
"""Text codecs of Python that are no charset of a mail, some of them quadratic."""
_UNSPEAKABLE = re.compile(r"[\x00\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
HEADER_CHARACTERS = 4_096
"""How much of a header is read: beyond it the parsers of the standard library take their time."""


def decode(data: bytes, charset: str | None) -> str:
    """The text, with replacement characters where bytes mean nothing. No charset: UTF-8, else Windows' Latin."""
    name = _known(charset)
    if name is not None:
        return clean(data.decode(name, "replace"))
    try:
        return clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(data.decode("cp1252", "replace"))


def _known(charset: str | None) -> str | None:
    wanted = (charset or "").strip().strip("\"'").lower()
    wanted = _SPELLINGS.get(wanted, wanted)
    try:
        name = codecs.lookup(wanted).name.replace("-", "_")
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return None
    # Mail that calls itself US-ASCII and isn't is read best as if it had claimed nothing.
    return None if name == "ascii" or name in _WORSE_THAN_NONE else name


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which can't be stored, and with \\n alone at the ends of lines."""
    return _UNSPEAKABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def line(value: str) -> str:
    """A header's value on one line: raw 8-bit bytes read as text, encoded words decoded (RFC 2047)."""
    raw = unescaped(value[:HEADER_CHARACTERS])
    try:
        words = decode_header(raw)
    except HeaderParseError:
        return _one_line(raw)
    return _one_line("".join(_word(word, charset) for word, charset in words))


def _word(word: str | bytes, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    # What stands between encoded words comes back in this, and only this, encoding.
    return decode(word, charset) if charset else word.decode("raw_unicode_escape", "replace")


def unescaped(value: str) -> str:
    """A header as the parser keeps it, its escaped 8-bit bytes read as text."""
    try:
        return decode(value.encode("ascii", "surrogateescape"), None)
    except UnicodeEncodeError:
        return clean(value)


def _one_line(text: str) -> str:
    return _INVISIBLE.sub(" ", clean(text)).strip()
