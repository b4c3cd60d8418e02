"""The pages in docs/: each rule and hard case names the tests that prove it, or is open; all that they name is there.

`python -m tests.contract.pages` lists what is open, and fails with what is wrong.
"""

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.contract import naming
from tests.contract.naming import ROOT, TEST, files_of, without_test

PAGES = tuple(ROOT / "docs" / name for name in ("POLICY.md", "SEMANTICS.md", "PROCEDURES.md"))
ARCHITECTURE, GLOSSARY = ROOT / "docs/ARCHITECTURE.md", ROOT / "docs/GLOSSARY.md"
LISTED = ROOT / "docs/open.txt"
BEGUN = "74fa543640d202af95f7b5a7f715c189a3201e40"
"""The commit with the longest list: it may only become shorter."""

RULE = re.compile(r"^- \*\*(P\d+)\*\* (.*\n(?:  .*\n|\n(?=  ))*)", re.MULTILINE)
OPEN = re.compile(r"\*open\*(?:: ([^;]+))?")


@dataclass(frozen=True)
class Row:
    """A rule by its number, or a row of a table by its section and case; and what it says of its tests."""

    section: str
    case: str
    tests: str

    @property
    def name(self) -> str:
        return f"{self.section}: {self.case}" if self.section else self.case

    @property
    def open(self) -> str | None:
        """The row, and which part of it is open."""
        found = OPEN.search(self.tests)
        return found and self.case + (f" ({found[1]})" if found[1] else "")


def rows(page: Path) -> Iterator[Row]:
    text = page.read_text(encoding="utf-8")
    yield from (
        Row("", number, " ".join(words.partition("  Tests: ")[2].split())) for number, words in RULE.findall(text)
    )
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith("| Case |"):
            case, *_, tests = line.strip("| ").split(" | ")
            yield Row(section, case, tests if line.count(" | ") == 2 else "")


def opened(page: Path) -> dict[str, list[str]]:
    """What is open, by section."""
    found: dict[str, list[str]] = {}
    for row in rows(page):
        if row.open:
            found.setdefault(row.section, []).append(row.open)
    return found


def as_listed(page: Path) -> Iterator[str]:
    """The lines of the list that are a page's."""
    for section, cases in opened(page).items():
        yield from (": ".join(filter(None, (page.name, section, case))) for case in cases)


def untrue(page: Path) -> Iterator[str]:
    """What a page says of tests that isn't so."""
    files = files_of(page)
    yield from (f"{page.name}: {file} isn't there" for file in files.values() if not file.is_file())
    found, cited, names = list(rows(page)), set(), set()
    for row in found:
        if row.name in names:
            yield f"{page.name}: {row.name}: there are two of them"
        names.add(row.name)
        named = TEST.findall(row.tests)
        if not named and not row.open:
            yield f"{page.name}: {row.name}: names no test, and isn't marked *open*"
        cited |= {key for _, key in named}
        yield from (f"{page.name}: {row.name}: {fault}" for fault in without_test(page, named))
    yield from (f"{page.name}: nothing names [{key}]" for key in files.keys() - cited)


def listed(file: Path = LISTED) -> list[str]:
    return _lines(file.read_text(encoding="utf-8"))


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def unlisted(pages: Sequence[Path] = PAGES, file: Path = LISTED) -> Iterator[str]:
    """How what is open on the pages differs from the list, which may only shrink."""
    are, were = {line for page in pages for line in as_listed(page)}, set(listed(file))
    yield from (f"{name}: is open, and not in docs/open.txt: test it, or it is a new promise" for name in are - were)
    yield from (f"{name}: isn't open any more: take it out of docs/open.txt" for name in were - are)


def added(before: Iterable[str], file: Path = LISTED) -> Iterator[str]:
    """What the list has that it hadn't `before`, whichever part of it: a promise is made and proved in one step."""
    known = {_case(line) for line in before}
    new = [line for line in listed(file) if _case(line) not in known]
    yield from (f"docs/{file.name}: {line}: what is open may only become less" for line in new)


def _case(line: str) -> str:
    """The line without the part that is open."""
    return line.partition(" (")[0] if line.endswith(")") else line


def listed_first() -> list[str] | None:
    """The list when it was begun; None without the history of the repository, as in a shallow clone."""
    show = ["git", "show", f"{BEGUN}:docs/{LISTED.name}"]
    shown = subprocess.run(show, cwd=ROOT, capture_output=True, text=True, check=False)
    return _lines(shown.stdout) if shown.returncode == 0 else None


def main() -> int:
    for page in PAGES:
        print(f"docs/{page.name}: {len(list(as_listed(page)))} open")
        for section, cases in opened(page).items():
            words = f"{section or 'Rules'}: {'; '.join(cases)}"
            print(textwrap.fill(words, 120, initial_indent="  ", subsequent_indent="    "))
    named = [*naming.untrue(ARCHITECTURE), *naming.untrue(GLOSSARY), *naming.untrue_of_terms(GLOSSARY)]
    first = listed_first()
    more = [] if first is None else added(first)
    wrong = sorted([*(fault for page in PAGES for fault in untrue(page)), *unlisted(), *more, *named])
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
