"""Our own form, filled in where it stands in the quotation: "answer this mail and complete these lines".

We send it empty, so what is filled in is the writer's own. Other words of ours that are quoted look like it at times
("Version: as the dialogue shows it"): they are not read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.domain.events import Details
from intake.domain.ticket.labels import CLOSES, Entry, entries, unquoted

_ASKS = re.compile(r"(?:still missing|need to know from you|es fehlt noch|noch wissen)\s*:\s*\Z", re.IGNORECASE)
"""How the sentence above the form ends, in each language."""
_SENTENCE_CHARACTERS = 200
_FORM_LINES = 40
"""Below the sentence above it, the form ends at the latest after so many lines."""
_FORM_LINES_ABOVE = 15
_FORMS = 100
"""How many forms of a mail are looked at."""
_NOT_IN_THE_FORM = ("severity", "priority")
_Line = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, and the lines in which it was, as they say it."""

    details: Details
    description: str
    text: str


def is_of_form(line: str) -> bool:
    """Whether a line, without the marks of a quotation, is of the sentences around our form."""
    return _ASKS.search(line[-_SENTENCE_CHARACTERS:]) is not None or CLOSES.match(line) is not None


def filled_in(text: str) -> Form:
    """What is filled in of our form, wherever it stands in a mail. The least quoted counts, and of that the first."""
    found = [entry for entry in entries(text) if entry.field not in _NOT_IN_THE_FORM]
    lines = [unquoted(line) for line in text.split("\n")] if found else []
    form = sorted(_of_forms(found, lines) or _alike(found, lines), key=lambda entry: entry.depth)
    told: dict[str, Entry] = {}
    for entry in form:
        if entry.value:
            told.setdefault(entry.field, entry)
    values = {field: entry.value for field, entry in told.items()}
    return Form(
        description=values.pop("description", ""),
        details=Details(**values),
        text="\n".join(lines[n][1].strip() for n in dict.fromkeys(n for entry in told.values() for n in entry.lines)),
    )


def _of_forms(found: Sequence[Entry], lines: Sequence[_Line]) -> list[Entry]:
    """Those entries that stand in a form, as the sentences around it show."""
    regions = list(islice(_regions(lines), _FORMS))
    return [e for e in found if any(e.depth == depth and e.lines[0] in region for depth, region in regions)]


def _regions(lines: Sequence[_Line]) -> Iterator[tuple[int, range]]:
    asks = [at for at, (_, line) in enumerate(lines) if _ASKS.search(line[-_SENTENCE_CHARACTERS:])]
    closes = [at for at, (_, line) in enumerate(lines) if CLOSES.match(line)]
    for at in asks:
        end = next((c for c in closes if at < c and lines[c][0] == lines[at][0]), at + _FORM_LINES)
        yield lines[at][0], range(at, min(end, at + _FORM_LINES))
    for at in closes:
        depth = lines[at][0]
        if not any(lines[other][0] == depth and at - _FORM_LINES < other < at for other in asks):
            yield depth, range(max(at - _FORM_LINES_ABOVE, 0), at)


def _alike(found: Sequence[Entry], lines: Sequence[_Line]) -> list[Entry]:
    """Without those sentences: lines of a list, several labels one below another, or labels and nothing else."""
    kept: list[Entry] = []
    for run in _runs(found, lines):
        depth, taken = run[0].depth, {number for entry in run for number in entry.lines}
        alone = depth > 0 and all(
            number in taken or at != depth or not line.strip() for number, (at, line) in enumerate(lines)
        )
        if len(run) > 1 or alone or any(entry.is_item for entry in run):
            kept += run
    return kept


def _runs(found: Sequence[Entry], lines: Sequence[_Line]) -> list[list[Entry]]:
    """Entries with nothing but blank lines between them."""
    runs: list[list[Entry]] = []
    for entry in found:
        last = runs[-1][-1] if runs else None
        between = range(last.lines[-1] + 1, entry.lines[0]) if last else range(0)
        if last and last.depth == entry.depth and not any(lines[number][1].strip() for number in between):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs
