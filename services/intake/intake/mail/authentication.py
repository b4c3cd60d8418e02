"""What the mail server in front says of a mail's sender: `Authentication-Results` (RFC 8601). Nothing here raises.

Anybody can write such a header. It counts only if it bears the name of a server that the settings list, and of those
only the topmost: that server has added it last, and has removed what others wrote in its name.

Servers copy the address that a mail claims to be from into it, often as it stands. So whoever sends a mail writes a
part of the header, with parentheses and quotation marks if they like. It is read in each way that it can be: a pass
counts only if it is in all, a failure wherever it stands. If it can't be read at all, nobody is believed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from contracts.addresses import canonical

HEADERS_READ = 50
"""Of this kind in one mail, the topmost."""
HEADER_CHARACTERS = 16 * 1024
"""A longer one is not read; of the mail server's own, nothing is believed then."""
_SERVER = re.compile(r'\s*"?([^\s;()"=]+)"?\s*(?:[;(]|[0-9]+\s*;|$)')
_FAILURE = re.compile(r";\s*dmarc\s*(?:/[\s0-9]*)?=\s*fail\b", re.IGNORECASE)
_READINGS = ((False, False), (True, False), (False, True), (True, True))
"""As the standard has it; and for what servers write: with quotation marks that count in a comment, with parentheses
that are part of an address, with both."""


class Result(NamedTuple):
    """What one method found, such as `dmarc`, `fail`. `properties`: by name, such as `header.from`."""

    method: str
    found: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Authentication:
    """What one server found out about a mail. `server`: its authserv-id, in lower case.

    `otherwise`: the results as they are if its words are read in other ways. `doubtful`: they can't be read, or
    there is a failure of DMARC in what ought to be a text.
    """

    server: str
    results: tuple[Result, ...]
    otherwise: tuple[tuple[Result, ...], ...] = ()
    doubtful: bool = False

    def fails_dmarc(self) -> bool:
        """Whether the owner of the sender's domain says that such a mail is not its own, or may have said so."""
        every = (one for results in (self.results, *self.otherwise) for one in results)
        return self.doubtful or any(one.method == "dmarc" and one.found == "fail" for one in every)

    def vouches_for(self, sender: str) -> bool:
        """Whether DKIM or SPF passed for the sender's domain, or for one above or below it, as DMARC has it by default;
        a pass of DMARC says so too."""
        if self.fails_dmarc():
            return False
        domain = _domain(sender)
        return all(_vouch(results, domain) for results in (self.results, *self.otherwise))


NOTHING = Authentication("", ())


def said_by(servers: Collection[str], every: Iterable[Authentication]) -> Authentication:
    """The topmost of `every` that one of these servers wrote; nothing if there is none."""
    return next((one for one in every if one.server in servers), NOTHING)


def read(headers: Sequence[str]) -> tuple[Authentication, ...]:
    """The headers' values, in their order, without those that name no server."""
    found = (_read(value) for value in headers[:HEADERS_READ])
    return tuple(one for one in found if one)


def _vouch(results: Iterable[Result], domain: str) -> bool:
    return any(one.found == "pass" and any(_aligned(domain, other) for other in _passed(one)) for one in results)


def _passed(result: Result) -> Iterator[str]:
    """The domains for which a method passed, if it says so of a sender."""
    for name in {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}.get(
        result.method, ()
    ):
        if name in result.properties:
            yield _domain(result.properties[name])


def _domain(address: str) -> str:
    return canonical(address).rpartition("@")[2]


def _aligned(one: str, other: str) -> bool:
    above, below = sorted((one, other), key=len)
    return "." in above and (above == below or below.endswith(f".{above}"))


def _read(value: str) -> Authentication | None:
    readings = list(_readings(value)) if len(value) <= HEADER_CHARACTERS else []
    if not readings:
        named = _SERVER.match(value[:HEADER_CHARACTERS])
        return Authentication(named[1].lower(), (), doubtful=True) if named else None
    first = readings[0]
    if not first or not first[0] or "=" in first[0]:
        return None  # without a name of its server, as Exchange writes it
    results = _results(first)
    others = tuple(other for reading in readings[1:] if (other := _results(reading)) != results)
    return Authentication(first[0][0].lower(), results, others, doubtful=_FAILURE.search(value) is not None)


def _readings(value: str) -> Iterator[list[list[str]]]:
    """The header's parts, in each way in which they can be read."""
    for quotes, literal in _READINGS:
        with suppress(ValueError):
            yield list(_parts(value, quotes=quotes, literal=literal))


def _results(parts: Sequence[Sequence[str]]) -> tuple[Result, ...]:
    return tuple(one for part in parts[1:] if (one := _result(part)))


def _result(words: Sequence[str]) -> Result | None:
    """`method/version = found`, then properties; None for `none`, and for what is no result."""
    pairs = list(_pairs(words))
    if not pairs:
        return None
    (method, found), *properties = pairs
    return Result(method.partition("/")[0], found.lower(), dict(reversed(properties)))


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names in lower case, with their values. White space may stand around the dot in a name, and around the `=`."""
    name: list[str] = []
    is_value = False
    for word in words:
        if is_value:
            yield "".join(name).lower(), word
            name, is_value = [], False
        elif word == "=":
            is_value = bool(name)
        else:
            name.append(word)


def _parts(value: str, *, quotes: bool, literal: bool) -> Iterator[list[str]]:
    """The words between semicolons, each `=` a word of its own; without comments, quotes taken off.

    `quotes`: in a comment, parentheses between quotation marks don't count; `literal`: nor do those in the value of a
    property. Raises ValueError for a comment or a quotation that doesn't end.
    """
    before = ""
    words: list[str] = []
    word = ""
    at = iter(value)
    for character in at:
        if character == '"':
            word += _quoted(at)
        elif literal and character in "()" and (word or before == "=") and _is_property(words):
            word += character
        elif character in "();=" or character.isspace():
            if word:
                words.append(word)
                word = ""
            if character == "(":
                _skip_comment(at, quotes=quotes)
            elif character == "=":
                words.append("=")
            elif character == ";":
                yield words
                words = []
        else:
            word += character
        before = character
    yield [*words, word] if word else words


def _is_property(words: Sequence[str]) -> bool:
    """Whether the value of a property such as `smtp.mailfrom` follows. A method's result may have a comment at its
    end."""
    return len(words) > 1 and words[-1] == "=" and "." in words[-2]


def _quoted(at: Iterator[str]) -> str:
    text = ""
    for character in at:
        if character == '"':
            return text
        text += next(at, "") if character == "\\" else character
    raise ValueError("a quotation doesn't end")


def _skip_comment(at: Iterator[str], *, quotes: bool) -> None:
    depth = 1
    for character in at:
        if character == "\\":
            next(at, "")
        elif quotes and character == '"':
            _quoted(at)
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return
    raise ValueError("a comment doesn't end")
