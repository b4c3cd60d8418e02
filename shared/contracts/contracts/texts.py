"""Bounds of texts: something to read, and short enough to be recorded."""

from typing import ClassVar

from contracts.refusals import Refusal

BODY_BYTES = 256 * 1024
"""The longest message. Sealed and quoted it stays well below the 512 KiB that a record may have."""
LINE_BYTES = 1_000
"""The longest title, name or detail."""


NO_SUBJECT = "(no subject)"
NO_TEXT = "(no text)"
"""In place of what a mail lacks."""


class Blank(Refusal):
    """A text is empty."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "blank"


class TooLong(Refusal):
    """A text is too long."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "too-long"


def is_blank(text: str | None) -> bool:
    """Whether there is nothing to read: white space and invisible characters don't count."""
    return text is None or not any(char.isprintable() and not char.isspace() for char in text)


def bounded_text(text: str, field: str, limit: int = BODY_BYTES) -> str:
    """The text, which may be empty. Raises TooLong if it has more than `limit` bytes of UTF-8."""
    size = len(text.encode("utf-8", "replace"))
    if size > limit:
        raise TooLong(
            f"{field} has {size} bytes; at most {limit} are taken: send the rest in a message of its own.", field=field
        )
    return text


def required_text(text: str, field: str, limit: int = BODY_BYTES) -> str:
    """The text. Raises Blank if there is nothing to read, TooLong if it has more than `limit` bytes of UTF-8."""
    if is_blank(text):
        raise Blank(f"Say something in {field}.", field=field)
    return bounded_text(text, field, limit)
