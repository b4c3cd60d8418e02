"""Required information on labelled lines ("Product: …", "OS version: …"), whatever door the text came through."""

import re
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
_COLONS = ":\uff1a\ufe55\ufe13\u02d0\ua789"
"""Also the colons of other scripts' keyboards."""
_LINE = re.compile(rf"[-*•_\s]*([a-zA-Z]+(?:[\s_]+[a-zA-Z]+){{0,2}})[\s*_]*[{_COLONS}][\s*_]*(.*)")
_QUOTES = re.compile(r"(?:[ \t]*>)+")
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


def labelled(text: str) -> Labelled:
    """Read the labelled lines, quoted ones too. A value is on its label's line or the next, quoted to the same depth.

    We send our form empty, so a quoted value is the writer's own. If a label comes twice, its first value counts.
    """
    told: dict[str, str] = {}
    rest: list[str] = []
    unsaid: tuple[str, int] | None = None
    for number, line in enumerate(text.split("\n")):
        depth, unquoted = _unquoted(line)
        field, value = _read(unquoted) if number < _MAX_LINES else (None, line)
        if field is None and value and unsaid and unsaid[1] == depth:
            field = unsaid[0]
        unsaid = (field, depth) if field and not value else None
        if field is None:
            rest.append(line)
        elif value:
            told.setdefault(field, value)
    severity = _SEVERITY.fullmatch(told.pop("severity", ""))
    priority = told.pop("priority", "").lower().split(" ")[0].rstrip(".,;")
    return Labelled(
        details=Details(**told),
        severity=_SEVERITIES[severity[1]] if severity else None,
        priority=_PRIORITIES.get(priority),
        rest="\n".join(rest).strip(),
    )


def _unquoted(line: str) -> tuple[int, str]:
    """How often a line is quoted, and what it says."""
    marks = _QUOTES.match(line)
    return (marks[0].count(">"), line[marks.end() :]) if marks else (0, line)


def _read(line: str) -> tuple[str | None, str]:
    """Which field a line labels, if any, and the value on it."""
    match = _LINE.fullmatch(line.rstrip("\r"))
    field = _LABELS.get(" ".join(re.split(r"[\s_]+", match[1].lower()))) if match else None
    value = match[2] if match and field else line
    return field, value.strip().rstrip("*_").strip()[:_VALUE_CHARACTERS]
