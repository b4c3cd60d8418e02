"""What the mail server in front says of a mail's sender: `Authentication-Results` (RFC 8601). Nothing here raises.

Anybody can write such a header. It counts only if it bears the name of a server that the settings list, and of those
only the topmost: that server has added it last, and has removed what others wrote in its name.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contracts.addresses import canonical

HEADERS_READ = 50
"""Of this kind in one mail, the topmost."""
HEADER_CHARACTERS = 16 * 1024
"""A longer one is not read."""


class Result(NamedTuple):
    """What one method found, such as `dmarc`, `fail`. `properties`: by name, such as `header.from`."""

    method: str
    found: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Authentication:
    """What one server found out about a mail. `server`: its authserv-id, in lower case."""

    server: str
    results: tuple[Result, ...]

    def fails_dmarc(self) -> bool:
        """Whether the owner of the sender's domain says that such a mail is not its own."""
        return any(one.method == "dmarc" and one.found == "fail" for one in self.results)

    def vouches_for(self, sender: str) -> bool:
        """Whether DKIM or SPF passed for the sender's domain, or for one above or below it, as DMARC has it by default;
        a pass of DMARC says so too."""
        if self.fails_dmarc():
            return False
        domain = _domain(sender)
        return any(
            one.found == "pass" and any(_aligned(domain, other) for other in _passed(one)) for one in self.results
        )


NOTHING = Authentication("", ())


def said_by(servers: Collection[str], every: Iterable[Authentication]) -> Authentication:
    """The topmost of `every` that one of these servers wrote; nothing if there is none."""
    return next((one for one in every if one.server in servers), NOTHING)


def read(headers: Sequence[str]) -> tuple[Authentication, ...]:
    """The headers' values, in their order, without those that can't be understood."""
    found = (_read(value) for value in headers[:HEADERS_READ] if len(value) <= HEADER_CHARACTERS)
    return tuple(one for one in found if one)


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
    try:
        parts = list(_parts(value))
    except ValueError:
        return None
    if not parts or not parts[0] or "=" in parts[0]:
        return None  # without a name of its server, as Exchange writes it
    results = (_result(part) for part in parts[1:])
    return Authentication(parts[0][0].lower(), tuple(one for one in results if one))


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


def _parts(value: str) -> Iterator[list[str]]:
    """The words between semicolons, each `=` a word of its own; without comments, quotes taken off.

    Raises ValueError for a comment or a quotation that doesn't end.
    """
    words: list[str] = []
    word = ""
    at = iter(value)
    for character in at:
        if character == '"':
            word += _quoted(at)
        elif character in "();=" or character.isspace():
            if word:
                words.append(word)
                word = ""
            if character == "(":
                _skip_comment(at)
            elif character == "=":
                words.append("=")
            elif character == ";":
                yield words
                words = []
        else:
            word += character
    yield [*words, word] if word else words


def _quoted(at: Iterator[str]) -> str:
    text = ""
    for character in at:
        if character == '"':
            return text
        text += next(at, "") if character == "\\" else character
    raise ValueError("a quotation doesn't end")


def _skip_comment(at: Iterator[str]) -> None:
    depth = 1
    for character in at:
        if character == "\\":
            next(at, "")
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return
    raise ValueError("a comment doesn't end")
