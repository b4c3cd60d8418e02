"""A mail's headers, as they came. Nothing here raises."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from typing import NamedTuple

from intake.mail.decode import HEADER_CHARACTERS, line, unescaped

_ID = re.compile(r"<([^<>]+)>")
_ADDRESS = re.compile(r"[^\s<>@\"(),:;\\]+@[^\s<>@\"(),:;\\]+")
IDS_CHARACTERS = 64 * 1_024
"""How much of References is read: it holds more than a thousand ids."""


class Sender(NamedTuple):
    """Who wrote: an address with its domain in lower case, and a name as given."""

    address: str
    name: str


class Headers:
    """Values by name, whatever the case, in the order they came. `charsets`: those of the mail's texts, in which bytes
    may be written that claim none."""

    def __init__(self, items: Iterable[tuple[str, object]], charsets: tuple[str, ...] = ()) -> None:
        self._charsets = charsets
        self._values: dict[str, list[str]] = {}
        for name, value in items:
            self._values.setdefault(name.lower(), []).append(str(value))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> str | None:
        """The first value as it came; None: there is none."""
        return next(iter(self._values.get(name, ())), None)

    def every(self, name: str) -> tuple[str, ...]:
        """All values as they came, from the topmost on."""
        return tuple(self._values.get(name, ()))

    def line(self, name: str) -> str:
        """The first value, decoded, on one line; empty if there is none."""
        return line(self.raw(name) or "", self._charsets)

    def word(self, name: str) -> str:
        """The first value's first word in lower case, without parameters and comments."""
        return re.split(r"[;(\s,]", self.line(name).lower(), maxsplit=1)[0]

    def ids(self, name: str) -> tuple[str, ...]:
        """Every message id in the header, in angle brackets, once each, in order."""
        values = self._values.get(name, ())
        # Some programs encode an id that is longer than a line, though nothing allows that.
        text = "".join(line(value) if "=?" in value else unescaped(value[:IDS_CHARACTERS]) for value in values)
        found = ["".join(inner.split()) for inner in _ID.findall(text)] or [
            word for word in text.split() if word.count("@") == 1 and "<" not in word and ">" not in word
        ]
        return tuple(dict.fromkeys(f"<{inner}>" for inner in found if inner))

    def senders(self, name: str) -> tuple[Sender, ...]:
        """Every address in the header that could be one, with its name."""
        values = [unescaped(value[:HEADER_CHARACTERS], self._charsets) for value in self._values.get(name, ())]
        pairs = [pair for value in values for pair in _pairs(value)]
        found = [Sender(address, line(display)) for display, told in pairs if (address := normal(told))]
        # A header that is no list of addresses may still hold some.
        loose = (normal(told) for value in values for told in _ADDRESS.findall(value))
        return tuple(found or [Sender(address, "") for address in loose if address])

    def date(self, name: str) -> datetime | None:
        """The instant in UTC; None if it makes no sense."""
        try:
            claimed = parsedate_to_datetime(self.line(name))
            return (claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except Exception:  # it recurses into every bracket, for one
        return []


def normal(address: str) -> str:
    """The address with its domain in lower case, on one line; empty if it is none. Quotes allow blanks before the @."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    whole = f"{local}@{domain.lower()}"
    has_blanks = " " in domain or (" " in local and not (local.startswith('"') and local.endswith('"')))
    return whole if at and local and domain and whole.isprintable() and not has_blanks and len(whole) <= 320 else ""
