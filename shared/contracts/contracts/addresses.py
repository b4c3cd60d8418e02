"""Mail addresses that people type in, or that a program gives us."""

import re
from unicodedata import normalize

import idna

from contracts.base import ERASED

_WRITABLE = re.compile(r"[^@\s\x00-\x20\x7f,;:<>()\[\]\"\\]+@[^@\s\x00-\x20\x7f,;:<>()\[\]\"\\]+")
_ENCODED_WORD = "=?"
"""A header would decode what follows, and the mail would go elsewhere."""
LABEL_CHARACTERS = 63
"""Of a domain, between two dots (RFC 1035)."""


def is_address(text: str) -> bool:
    """Whether a mail can be written to it, as it is: one address without a name, and nothing that ends a header."""
    return _WRITABLE.fullmatch(text) is not None and _ENCODED_WORD not in text


def check_address(text: str) -> str:
    """The address. Raises ValueError."""
    if not is_address(text):
        raise ValueError("is no mail address: write one like ann@customer.example")
    return text


def ascii_domain(domain: str) -> str:
    """A domain as servers write it: in lower case, with the A-labels of IDNA 2008, by which `straße.example` is not
    `strasse.example`. Raises ValueError for what no domain can be."""
    plain = domain.strip().rstrip(".").lower()
    plain = plain if plain.isascii() else idna.encode(plain, uts46=True).decode()
    if not all(0 < len(label) <= LABEL_CHARACTERS for label in plain.split(".")):
        raise ValueError(f"{domain!r} is no domain")
    return plain


def check_domain(domain: str) -> str:
    """The domain, as servers write it. Raises ValueError."""
    try:
        return ascii_domain(domain)
    except ValueError:
        raise ValueError("is no domain: write one like customer.example") from None


def canonical(address: str) -> str:
    """The one spelling of an address: in lower case, its domain as servers write it. What is none stays as it is."""
    local, at, domain = normalize("NFC", address.strip().lower()).rpartition("@")
    try:
        return f"{local}{at}{ascii_domain(domain)}"
    except ValueError:
        return f"{local}{at}{domain}"


def same_address(one: str | None, other: str | None) -> bool:
    """Whether both are the address of one person, however they are written; None, empty and erased are nobody's."""
    return bool(one and other) and ERASED not in (one, other) and canonical(one or "") == canonical(other or "")
