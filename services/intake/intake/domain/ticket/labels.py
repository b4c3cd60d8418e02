"""Required information on labelled lines ("Product: …", "OS version: …"), whatever door the text came through."""

import re
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
    "betriebssystem": "os",
    "betriebssystemversion": "os_version",
    "version des betriebssystems": "os_version",
    "severity": "severity",
    "schweregrad": "severity",
    "priority": "priority",
}
COLONS = ":\uff1a\ufe55\ufe13\u02d0\ua789"
"""Also the colons of other scripts' keyboards."""
_LINE = re.compile(rf"[-*•_\s]*([a-zA-Z]+(?:[\s_]+[a-zA-Z]+){{0,2}})[\s*_]*[{COLONS}][\s*_]*(.*)")
_DESCRIPTIONS = ("what is wrong, in detail", "was genau nicht funktioniert")
"""The line of our form that has no colon, in each language: it asks for the description."""
_DESCRIPTION = re.compile(
    rf"[-*•_\s]*(?:{'|'.join(_DESCRIPTIONS)})(?:[\s*_]*\Z|(?:[\s*_]*[{COLONS}?.…-]|[\s*_])[{COLONS}\s*_]*(.*))",
    re.IGNORECASE | re.DOTALL,
)
_BULLET = re.compile(r"\s*[-*•·o]\s")
_QUOTES = re.compile(r"(?:[ \t]*>)+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NO_VALUE = re.compile(rf"[{COLONS},.!?;]\s*\Z")
_ANSWER_CHARACTERS = 60
"""How long a value may be that stands unquoted below a quoted label."""
_ARMOUR = re.compile(r"-----BEGIN PGP ([A-Z ]+)-----|BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_ARMOUR_ENDS = re.compile(r"-----END PGP |END:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_SEVERITIES: dict[str, Severity] = {"1": 1, "2": 2, "3": 3, "4": 4}
_SEVERITY = re.compile(r"(?:sev(?:erity)?\s*)?([1-4])(?!\d)(?:\s*[-–(:,.].*)?", re.IGNORECASE)
_PRIORITIES: dict[str, Priority] = {"urgent": "urgent", "high": "high", "normal": "normal", "low": "low"}
_VALUE_CHARACTERS = 200
_MAX_LINES = 5_000
"""Lines of a text that are read: a form is not longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What the labelled lines say, and the `rest` of the text without them."""

    details: Details
    severity: Severity | None
    priority: Priority | None
    rest: str


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
            del rest[number]
        if entry.field == "description":
            rest[entry.lines[0]] = entry.value
        elif entry.value:
            told.setdefault(entry.field, entry.value)
    severity = _SEVERITY.fullmatch(told.pop("severity", ""))
    priority = told.pop("priority", "").lower().split(" ")[0].rstrip(".,;")
    return Labelled(
        details=Details(**told),
        severity=_SEVERITIES[severity[1]] if severity else None,
        priority=_PRIORITIES.get(priority),
        rest="\n".join(rest[number] for number in sorted(rest)).strip(),
    )


def entries(text: str) -> list[Entry]:
    """The labelled lines, in order, with the line of our form that asks for the description."""
    lines = [unquoted(line) for line in text.split("\n")[:_MAX_LINES]]
    armoured = _armoured([line for _, line in lines])
    found: list[Entry] = []
    at = 0
    while at < len(lines):
        depth, line = lines[at]
        field, value = (None, "") if at in armoured else _read(line)
        if field is None:
            at += 1
            continue
        taken, is_item = [at], _BULLET.match(line) is not None
        if not value and at + 1 < len(lines) and at + 1 not in armoured:
            value = _value_below(depth, is_item, *lines[at + 1])
            taken += [at + 1] if value else []
        found.append(Entry(field=field, value=value, lines=tuple(taken), depth=depth, is_item=is_item))
        at += len(taken)
    return found


def unquoted(line: str) -> tuple[int, str]:
    """How often a line is quoted, and what it says."""
    line = _UNSEEN.sub("", line.rstrip("\r"))
    marks = _QUOTES.match(line)
    return (marks[0].count(">"), line[marks.end() :]) if marks else (0, line)


def _value_below(depth: int, is_item: bool, depth_below: int, below: str) -> str:
    """The value on the line below a label; empty if that line says something else. Who answers between quoted lines
    leaves the quotation: such an answer is short, and no sentence."""
    value = _tidy(below)
    if _read(below)[0] or depth_below > depth or (is_item and _BULLET.match(below)) or value.endswith(tuple(COLONS)):
        return ""
    is_answer = depth_below == depth or (len(value) <= _ANSWER_CHARACTERS and not _NO_VALUE.search(value))
    return value[:_VALUE_CHARACTERS] if is_answer else ""


def _read(line: str) -> tuple[str | None, str]:
    """Which field a line labels, if any, and the value on it."""
    if match := _DESCRIPTION.fullmatch(line):
        return "description", (match[1] or "").strip()
    match = _LINE.fullmatch(line)
    field = _LABELS.get(" ".join(re.split(r"[\s_]+", match[1].lower()))) if match else None
    return (field, _tidy(match[2])[:_VALUE_CHARACTERS]) if match and field else (None, "")


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
