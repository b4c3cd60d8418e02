"""Bytes and encoded words to text. Nothing here raises."""

import re
from email.errors import HeaderParseError
from email.header import decode_header

from intake.mail.charsets import decoded

_UNSPEAKABLE = re.compile(r"[\x00\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FOLDED = re.compile(r"[\r\n]+[ \t]+")
_WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?="
_WORDS = re.compile(rf"{_WORD}(?:\s*{_WORD})*")
HEADER_CHARACTERS = 4_096
"""How much of a header with addresses is read: beyond it the parsers of the standard library take their time."""
LINE_CHARACTERS = 64 * 1_024
"""How much of any other header is read."""


def decode(data: bytes, charset: str | None) -> str:
    """The text of a part, with replacement characters where bytes mean nothing."""
    return clean(decoded(data, charset))


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which can't be stored, and with \\n alone at the ends of lines."""
    return _UNSPEAKABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def line(value: str, charsets: tuple[str, ...] = ()) -> str:
    """A header's value on one line: raw 8-bit bytes read as text, encoded words decoded (RFC 2047).

    `charsets`: those of the mail's parts, for bytes that claim none.
    """
    raw = _FOLDED.sub(" ", unescaped(value[:LINE_CHARACTERS], charsets))
    return _one_line(_WORDS.sub(lambda found: _words(found[0]), raw))


def file_name(value: str) -> str:
    """A file's name on one line, without signs that turn the direction of writing: they make `exe.gpj` look like a
    picture."""
    return _TURNS.sub("", line(value))


def _words(encoded: str) -> str:
    try:
        # The standard library stops at the end of a line, also within a word.
        pieces = decode_header(" ".join(encoded.split()))
    except (HeaderParseError, ValueError):
        return encoded
    return "".join(piece if isinstance(piece, str) else decoded(piece, charset) for piece, charset in pieces)


def unescaped(value: str, charsets: tuple[str, ...] = ()) -> str:
    """A header as the parser keeps it, its escaped 8-bit bytes read as text."""
    try:
        return clean(decoded(value.encode("ascii", "surrogateescape"), None, charsets))
    except UnicodeEncodeError:
        return clean(value)


def _one_line(text: str) -> str:
    return _INVISIBLE.sub(" ", clean(text)).strip()
