"""What free words clearly say. Staff decide what they mean; this only offers it (P21)."""

import re
from collections.abc import Iterator
from typing import Literal

from contracts.feedback import Kind

_NOT = r"(?:\s+(?:not|cannot|can\s?not|never)\b|\s*n['’]?t\b)"
_DISPUTES = re.compile(
    rf"""
    \b(?:i|we)\s+(?:(?:really|still|simply|just|therefore|hereby)\s+)*
        (?:do|does|can|could|will|would|shall|am|are|'m|’m){_NOT}\s+
        (?:(?:be|at\s+all|really|simply|willing|prepared|able|ready|to|going)\s+)*
        (?:accept|agree|satisfied|happy|content)\b
    | \b(?:i|we)\s+(?:cannot|can\s?not|can['’]?t|won['’]?t|refuse\s+to)\s+(?:(?:possibly|really)\s+)*(?:accept|agree)\b
    | \b(?:i|we)(?:\s+(?:am|are)|['’](?:m|re))\s+(?:(?:still|really)\s+)*(?:not|un|dis)\s*-?
        (?:(?:at\s+all|really|in\s+the\s+least)\s+)?(?:satisfied|happy|in\s+agreement)\b
    | \b(?:i|we)\s+(?:(?:strongly|hereby|therefore|must|have\s+to|want\s+to|wish\s+to|would\s+like\s+to)\s+)*
        (?:dispute|reject|contest|object\s+to|disagree)\b
    | \b(?:this|that|it|the\s+(?:outcome|result|answer|resolution|decision))\s+is\s+
        (?:(?:simply|completely|totally|still)\s+)*(?:not\s+acceptable|unacceptable|inacceptable)\b
    | \b(?:ich|wir)\s+(?:akzeptiere|akzeptieren)\b[^.!?\n]{{0,60}}\b(?:nicht|keinesfalls|keineswegs)\b
    | \b(?:ich|wir)\s+(?:kann|können|werde|werden|will|wollen)\b[^.!?\n]{{0,60}}\bnicht\s+(?:akzeptieren|annehmen|
        hinnehmen|zustimmen|einverstanden)\b
    | \b(?:ich|wir)\s+(?:nehme|nehmen)\b[^.!?\n]{{0,60}}\bnicht\s+(?:an|hin)\b
    | \b(?:ich|wir)\s+(?:stimme|stimmen)\b[^.!?\n]{{0,60}}\bnicht\s+zu\b
    | \b(?:ich|wir)\s+(?:bin|sind)\b[^.!?\n]{{0,40}}\b(?:nicht\s+(?:\w+\s+)?(?:einverstanden|zufrieden)|unzufrieden)\b
    | \b(?:ich|wir)\s+(?:(?:lehne|lehnen)\b[^.!?\n]{{0,60}}\bab|widerspreche|widersprechen|bestreite|bestreiten)\b
    | \bdamit\s+(?:bin|sind)\s+(?:ich|wir)\s+(?:\w+\s+)?nicht\s+(?:einverstanden|zufrieden)\b
    | \b(?:das|es|dies|das\s+ergebnis)\s+ist\s+(?:\w+\s+)?(?:inakzeptabel|nicht\s+(?:akzeptabel|hinnehmbar))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ALONE = re.compile(
    r"\s*(?:not\s+accepted|not\s+acceptable|unacceptable|nicht\s+(?:akzeptiert|einverstanden)|abgelehnt)\W*"
)
"""Said with nothing beside it on the line."""
_LABEL = re.compile(r"[-*•_\s]*(kind|type|art|urgent|dringend)[\s*_]*[:\uff1a\ufe55\ufe13\u02d0\ua789][\s*_]*(.*)")
_KINDS: dict[str, Kind] = {
    "praise": "praise",
    "compliment": "praise",
    "lob": "praise",
    "criticism": "criticism",
    "kritik": "criticism",
    "complaint": "complaint",
    "beschwerde": "complaint",
}
_YES = frozenset({"yes", "y", "true", "urgent", "ja", "dringend"})
READ_CHARACTERS = 20_000
"""How much of the words is read."""


def offered(text: str) -> Literal["dispute"] | None:
    """`dispute` for words that clearly do not accept an outcome, in English or German; None for all others."""
    lines = list(_own_lines(text))
    whole = " ".join(lines)
    if _DISPUTES.search(whole) or any(_ALONE.fullmatch(line.lower()) for line in lines):
        return "dispute"
    return None


def proposed(text: str) -> Kind | None:
    """The kind that a line names: "Kind: complaint", "Art: Beschwerde"."""
    return next((_KINDS[value] for label, value in _labelled(text) if label in _OF_KIND and value in _KINDS), None)


def asks_urgently(text: str) -> bool:
    """Whether a line says so: "Urgent: yes", "Dringend: ja". The word alone is not guessed at."""
    return any(label in _OF_URGENCY and value in _YES for label, value in _labelled(text))


_OF_KIND = frozenset({"kind", "type", "art"})
_OF_URGENCY = frozenset({"urgent", "dringend"})


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    for line in _own_lines(text):
        if match := _LABEL.fullmatch(line.lower()):
            yield match[1], match[2].strip(" \t*_.!;,")


def _own_lines(text: str) -> Iterator[str]:
    """The lines that are no quotation."""
    return (line for line in text[:READ_CHARACTERS].splitlines() if not line.lstrip().startswith(">"))
