"""Mail addresses that people type in, or that a program gives us."""

import re

from contracts.base import ERASED

_WRITABLE = re.compile(r"[^@\s\x00-\x20\x7f,;:<>()\[\]\"\\]+@[^@\s\x00-\x20\x7f,;:<>()\[\]\"\\]+")
_ENCODED_WORD = "=?"
"""A header would decode what follows, and the mail would go elsewhere."""


def is_address(text: str) -> bool:
    """Whether a mail can be written to it, as it is: one address without a name, and nothing that ends a header."""
    return _WRITABLE.fullmatch(text) is not None and _ENCODED_WORD not in text


def check_address(text: str) -> str:
    """The address. Raises ValueError."""
    if not is_address(text):
        raise ValueError("is no mail address: write one like ann@customer.example")
    return text


def same_address(one: str | None, other: str | None) -> bool:
    """Whether both are the address of one person, in whatever case; None, empty and erased are nobody's."""
    return bool(one and other) and ERASED not in (one, other) and (one or "").lower() == (other or "").lower()
