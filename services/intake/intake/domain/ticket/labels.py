"""Required information on labelled lines ("Product: …", "OS version: …"), whatever door the text came through."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from intake.domain.events import Details, Priority, Severity

_LABELS = {
    "product": "product",
    "product name": "product",
    "version": "product_version",
    "product version": "product_version",
    "build": "product_build",
    "product build": "product_build",
    "os": "os",
    "operating system": "os",
    "os version": "os_version",
    "operating system version": "os_version",
    "os build": "os_build",
    "operating system build": "os_build",
    "produkt": "product",
    "produktversion": "product_version",
    "produkt version": "product_version",
    "betriebssystem": "os",
    "betriebssystemversion": "os_version",
    "betriebssystem version": "os_version",
    "version des betriebssystems": "os_version",
    "severity": "severity",
    "schweregrad": "severity",
    "priority": "priority",
}
COLONS = ":\uff1a\ufe55\ufe13\u02d0\ua789"
"""Also the colons of other scripts' keyboards."""
_ITEM = r"-+*•·–—▪▫●○◦‣⁃■□►▶➢➤§Ø・･\uf0b7\uf0a7\uf0d8"
"""What stands before the items of a list, also where the signs of a font of symbols are written as letters."""
_MARKS = rf"(?:[{_ITEM}_\s]|o\s|\(?\d{{1,2}}[.)])*"
_LETTERS = "[a-zA-Z\uff21-\uff3a\uff41-\uff5a]+"
_BETWEEN = r"[\s_\u2010\u2011-]+"
"""Between the words of a label, which may be joined by a hyphen."""
_SCALE = r"(?:[\s*_]*[(\[]\s*1\b[^()\[\]]{0,60}[)\]])?"
"""What some write behind a label: "Severity (1-4):"."""
_LINE = re.compile(rf"{_MARKS}({_LETTERS}(?:{_BETWEEN}{_LETTERS}){{0,2}}){_SCALE}[\s*_]*[{COLONS}][\s*_]*(.*)")
_NEXT_LABEL = re.compile(
    rf"\s*[,;|/]\s*({'|'.join(sorted((name.replace(' ', _BETWEEN) for name in _LABELS), key=len, reverse=True))})"
    rf"{_SCALE}[ \t]*[{COLONS}]",
    re.IGNORECASE,
)
"""Another label on the same line: "Product: Aurora, Version: 4.2"."""
_DESCRIPTIONS = ("what is wrong, in detail", "was genau nicht funktioniert")
"""The line of our form that has no colon, in each language: it asks for the description."""
_DESCRIPTION = re.compile(
    rf"{_MARKS}(?:{'|'.join(_DESCRIPTIONS)})(?:[\s*_]*\Z|(?:[\s*_]*[{COLONS}?.…-]|[\s*_])[{COLONS}\s*_]*(.*))",
    re.IGNORECASE | re.DOTALL,
)
CLOSES = re.compile(r"\s*(?:please answer this mail and|bitte antworten sie auf diese e-?mail und)\b", re.IGNORECASE)
"""How the sentence below our form begins, in each language."""
_BULLET = re.compile(rf"\s*(?:[{_ITEM}o]\s|[・･]|\(?\d{{1,2}}[.)]\s)")
_QUOTES = re.compile(r"(?:[ \t]*>)+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NO_VALUE = re.compile(rf"[{COLONS},.!?;]\s*\Z")
_NOTHING = re.compile(
    r"\(?(?:\W{1,20}|_+|n\s?[/.]\s?a\.?|n\.?\s?v\.?|k\s?[/.]\s?a\.?|t\.?b\.?[acd]\.?|x{2,})\)?",
    re.IGNORECASE,
)
"""What people put where they don't want to leave a line empty: P8 asks for values, so it is still missing. Words that
say that somebody doesn't know ("unknown") are their answer, and count."""
_OTHER_LABEL = re.compile(rf"[^\W\d_][^{COLONS}]{{0,40}}[{COLONS}](?:\s|\Z)")
_ANSWER_CHARACTERS = 60
"""How long a value may be that stands unquoted below a quoted label, or below a blank line."""
_BLANK_LINES = 2
"""How many blank lines may stand between a label and its value."""
_ARMOUR = re.compile(r"-----BEGIN PGP ([A-Z ]+)-----|BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_ARMOUR_ENDS = re.compile(r"-----END PGP |END:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_SEVERITIES: dict[str, Severity] = {"1": 1, "2": 2, "3": 3, "4": 4}
_SEVERITY = re.compile(
    r"(?:(?:severity|sev|level|stufe|[ps])\s*)?[-#]?\s*([1-4])(?!\d)(?:\s*[-–(:=/,.].*)?", re.IGNORECASE
)
_NAMES: dict[Severity, str] = {
    1: """critical blocker blocking urgent emergency showstopper kritisch blockierend dringend notfall
        critique bloquant urgente crítica crítico bloqueante critica critico bloccante 緊急 致命的 紧急 긴급""",
    2: "high major severe hoch schwerwiegend schwer élevée élevé haute majeure majeur alta alto 高 높음",
    3: """medium moderate normal minor mittel moderat normale moyenne moyen mineure mineur
        media medio 中 보통""",
    4: """low cosmetic trivial niedrig gering kosmetisch faible basse
        baja bajo bassa basso baixa baixo 低 낮음""",
}
"""What other desks call them; ours have numbers."""
_SEVERITY_WORDS = {word: severity for severity, words in _NAMES.items() for word in words.split()}
_SEVERITY_WORD = re.compile(
    r"(?:very\s+|sehr\s+)?([^\W\d_]+)(?:\s*[^\w\s'’].*|\s+(?:priority|severity|impact|prio|priorität|for|please|bitte|für)\b.*)?",
    re.IGNORECASE | re.DOTALL,
)
_PRIORITIES: dict[str, Priority] = {"urgent": "urgent", "high": "high", "normal": "normal", "low": "low"}
_VALUE_CHARACTERS = 200
_MAX_LINES = 5_000
"""Lines of a text that are read: a form is not longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What the labelled lines say, and the `rest` of the text without them. `severity_unread`: they name a severity
    that can't be read."""

    details: Details
    severity: Severity | None
    priority: Priority | None
    rest: str
    severity_unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A labelled line. `lines`: the numbers of the lines that it takes, with its value; `depth`: how often quoted;
    `is_item`: it has the mark of a list's item, as in our form."""

    field: str
    value: str
    lines: tuple[int, ...]
    depth: int
    is_item: bool


def labelled(text: str) -> Labelled:
    """Read the labelled lines, quoted ones too. A value is on its label's line or the next.

    We send our form empty, so a quoted value is the writer's own. If a label comes twice, its first value counts.
    """
    told: dict[str, str] = {}
    rest = dict(enumerate(text.split("\n")))
    for entry in entries(text):
        for number in entry.lines:
            rest.pop(number, None)
        if entry.field == "description":
            rest[entry.lines[0]] = entry.value
        elif entry.value:
            told.setdefault(entry.field, entry.value)
    named = told.pop("severity", "")
    severity = _severity(named)
    priority = told.pop("priority", "").lower().split(" ")[0].rstrip(".,;")
    return Labelled(
        details=Details(**told),
        severity=severity,
        priority=_PRIORITIES.get(priority),
        rest="\n".join(rest[number] for number in sorted(rest)).strip(),
        severity_unread=severity is None and any(sign.isalnum() for sign in named),
    )


def entries(text: str) -> list[Entry]:
    """The labelled lines, in order, with the line of our form that asks for the description."""
    lines = [unquoted(line) for line in text.split("\n")[:_MAX_LINES]]
    armoured = _armoured([line for _, line in lines])
    found: list[Entry] = []
    at = 0
    while at < len(lines):
        depth, line = lines[at]
        told = [] if at in armoured else _read(line)
        taken, is_item = [at], _BULLET.match(line) is not None
        for number, (field, value) in enumerate(told, start=1):
            if not value and number == len(told) and (below := _value_below(lines, at, armoured, field)):
                value = below[1]
                taken.append(below[0])
            value = "" if field != "description" and _NOTHING.fullmatch(value) else value
            found.append(Entry(field=field, value=value, lines=tuple(taken), depth=depth, is_item=is_item))
        at = taken[-1] + 1
    return found


def unquoted(line: str) -> tuple[int, str]:
    """How often a line is quoted, and what it says."""
    line = _UNSEEN.sub("", line.rstrip("\r"))
    marks = _QUOTES.match(line)
    return (marks[0].count(">"), line[marks.end() :]) if marks else (0, line)


def _value_below(lines: list[tuple[int, str]], at: int, armoured: set[int], field: str) -> tuple[int, str] | None:
    """The number of the line with the value below the label at `at`, and the value; None if what stands there says
    something else. Who answers between quoted lines leaves the quotation: such an answer is short, and no sentence. So
    is one that stands in an item of its own, or below a blank line; and that one is followed by another line to answer.
    """
    n = next((n for n in range(at + 1, min(at + 2 + _BLANK_LINES, len(lines))) if lines[n][1].strip()), None)
    if n is None or n in armoured:
        return None
    (depth, label), (depth_below, below) = lines[at], lines[n]
    bullet = _BULLET.match(below)
    value = _tidy(below[bullet.end() :] if bullet else below)
    if _is_of_form(below) or depth_below > depth or not value or value.endswith(tuple(COLONS)):
        return None
    is_own_item = bullet is not None and _BULLET.match(label) is not None
    if (is_own_item and _OTHER_LABEL.match(value)) or (bullet and _goes_on(lines, n)):
        return None
    is_short = len(value) <= _ANSWER_CHARACTERS and not _NO_VALUE.search(value)
    if not is_short and (depth_below < depth or n > at + 1 or (is_own_item and field != "description")):
        return None
    if n > at + 1 and not _asks_more(lines, n, depth):
        return None
    return n, value[:_VALUE_CHARACTERS]


def _goes_on(lines: list[tuple[int, str]], n: int) -> bool:
    """Whether the item on the line `n` is the first of a list of the writer's: the next item is no label."""
    below = lines[n + 1][1] if n + 1 < len(lines) else ""
    bullet = _BULLET.match(below)
    return bullet is not None and not _read(below) and not _OTHER_LABEL.match(below[bullet.end() :])


def _asks_more(lines: list[tuple[int, str]], n: int, depth: int) -> bool:
    """Whether the next line below the line `n` is a label, closes our form, or is of the quotation that has the label
    of this value."""
    after = next((one for one in lines[n + 1 : n + 2 + _BLANK_LINES] if one[1].strip()), None)
    return after is not None and (_is_of_form(after[1]) or (lines[n][0] < depth == after[0]))


def _is_of_form(line: str) -> bool:
    return bool(_read(line)) or CLOSES.match(line) is not None


def _read(line: str) -> list[tuple[str, str]]:
    """Which fields a line labels, if any, each with its value on it."""
    if match := _DESCRIPTION.fullmatch(line):
        return [("description", (match[1] or "").strip())]
    match = _LINE.fullmatch(line)
    field = _field(match[1]) if match else None
    if match is None or field is None:
        return []
    value, *others = _NEXT_LABEL.split(match[2])
    pairs = [
        (field, value),
        *((_LABELS[_plain(name)], told) for name, told in zip(others[::2], others[1::2], strict=True)),
    ]
    return [(name, _tidy(told)[:_VALUE_CHARACTERS]) for name, told in pairs]


def is_label(text: str) -> bool:
    """Whether these words are one of the labels, without a colon."""
    return _field(text.strip()) is not None


def _severity(value: str) -> Severity | None:
    """By its number, or by what the word means on other desks."""
    if numbered := _SEVERITY.fullmatch(value):
        return _SEVERITIES[numbered[1]]
    word = _SEVERITY_WORD.fullmatch(value)
    return _SEVERITY_WORDS.get(word[1].lower()) if word else None


def _field(label: str) -> str | None:
    return _LABELS.get(_plain(label))


def _plain(label: str) -> str:
    """A label as it stands in the table."""
    return " ".join(re.split(_BETWEEN, unicodedata.normalize("NFKC", label).lower()))


def _tidy(value: str) -> str:
    return value.strip().rstrip("*_").strip()


def _armoured(lines: list[str]) -> set[int]:
    """The lines of PGP's armours and of cards, whose "Version:" is not the product's. What a signed message says is
    none of it."""
    blanks = _next(lines, lambda line: not line)
    ends = _next(lines, lambda line: _ARMOUR_ENDS.match(line) is not None)
    armoured: set[int] = set()
    at = 0
    while at < len(lines):
        begins = _ARMOUR.match(lines[at].strip())
        if begins is None:
            at += 1
            continue
        signs = (begins[1] or "").upper() == "SIGNED MESSAGE"
        after = blanks[at] if signs or ends[at] == len(lines) else ends[at] + 1
        armoured.update(range(at, after))
        at = max(after, at + 1)
    return armoured


def _next(lines: list[str], wanted: Callable[[str], bool]) -> list[int]:
    """For each line the number of the first from there on that is wanted, or how many lines there are: looked up, since
    to search from each line takes a square of the time."""
    found = [len(lines)] * (len(lines) + 1)
    for n in range(len(lines) - 1, -1, -1):
        found[n] = n if wanted(lines[n].strip()) else found[n + 1]
    return found
