"""What documents and docstrings refer to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract import naming
from tests.contract.naming import ROOT, untrue_of_terms, without_file, without_module
from tests.contract.pages import ARCHITECTURE, GLOSSARY, PAGES, added, listed, main, rows, unlisted, untrue

FOLDERS = ("deploy", "docs", "examples", "services", "shared", "tests")
KINDS = ("py", "md", "sql", "yaml", "yml", "j2", "html", "toml", "txt")
SOURCES = [
    *sorted(path for folder in FOLDERS for kind in KINDS for path in (ROOT / folder).rglob(f"*.{kind}")),
    *sorted(ROOT.glob("*.md")),
    *(ROOT / name for name in ("Makefile", "pyproject.toml", ".ci/run")),
]
RULE, POLICY = re.compile(r"\bP[1-9]\d?\b(?!-)"), PAGES[0]
PAGE = re.compile(r"(?<![\w/.-])([\w/.-]+\.md)\b")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[\w-]+)?\)")
QUOTED = re.compile(r"([\w/-]+\.md)(?:\]\([^)]*\))?, \"([^\"]+)\"")
"""A row or heading that is cited with its page."""
STATUS = re.compile(
    r"(?:Accepted on DATE(?:, changed on DATE)?|Superseded on DATE by \[\d+\]\([\w.-]+\))\.".replace(
        "DATE", r"\d{4}-\d\d-\d\d"
    )
)
HOUSE = re.compile(r"`((?:services|shared|deploy|examples|tests|docs)/[\w./-]+)`")


def missing(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for page in PAGE.findall(text):
        if not any((base / page).exists() for base in (path.parent, path.parents[1], ROOT, ROOT / "docs")):
            yield page
    if path.suffix == ".md":
        yield from (link for link in LINK.findall(text) if not (path.parent / link).exists())
        yield from (place for place in HOUSE.findall(text) if not (ROOT / place).exists())


def test_every_page_link_and_folder_that_is_named_is_in_the_repository() -> None:
    lost = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        if path.name != "test_documents.py"
        for name in missing(path)
    }
    assert lost == set()


def test_every_module_that_is_named_and_what_it_is_said_to_define_is_there() -> None:
    lost = {
        f"{path.relative_to(ROOT)}: {fault}"
        for path in SOURCES
        if path.name != "test_documents.py"
        for fault in without_module(path.read_text(encoding="utf-8"))
    }
    lost |= {
        f"{path.relative_to(ROOT)}: {fault}"
        for path in SOURCES
        if path.suffix == ".md" or path.is_relative_to(ROOT / "shared") or path.is_relative_to(ROOT / "services")
        for fault in without_file(path.read_text(encoding="utf-8"))
    }
    assert lost == set()


def test_every_test_and_module_on_the_page_of_the_architecture_is_there() -> None:
    assert list(naming.untrue(ARCHITECTURE)) == []


def test_every_term_has_its_place_in_the_glossary_and_in_the_code() -> None:
    assert [*naming.untrue(GLOSSARY), *naming.untrue_of_terms(GLOSSARY)] == []


def test_every_rule_that_is_cited_is_in_the_policy() -> None:
    rules = [row.name for row in rows(POLICY)]
    assert rules == [f"P{number}" for number in range(1, 26)]
    cited = {
        f"{path.relative_to(ROOT)}: {rule}"
        for path in SOURCES
        for rule in RULE.findall(path.read_text(encoding="utf-8"))
        if rule not in rules
    }
    assert cited == set()


def test_every_row_and_heading_that_is_cited_is_on_its_page() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
    lost = {
        f'{path.relative_to(ROOT)}: {page}, "{words}"'
        for path in SOURCES
        for page, words in QUOTED.findall(path.read_text(encoding="utf-8"))
        if words not in pages.get(page.rpartition("/")[2], "")
    }
    assert lost == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_rule_and_row_names_tests_that_exist_or_is_open(page: Path) -> None:
    assert list(untrue(page)) == []


def test_what_is_open_is_listed_and_what_is_listed_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(unlisted()) == []
    assert main() == 0
    told = " ".join(capsys.readouterr().out.split())
    assert all(" ".join(line.rpartition(": ")[2].split()) in told for line in listed())


PAGE_OF_OURS = """\
- **P1** Kept.
  Tests: [kept in time][times]
- **P2** Promised.
- **P3** Said otherwise.
  Tests: [not there][times]; [kept in time][nowhere]

## Hours
| Case | Answer | Tests |
|---|---|---|
| Noon | Late. | [kept in time][times]; *open*: at night |
| Noon | Again. | *open* |
| Dusk | No test. |

[times]: test_times.py
[others]: test_others.py
"""


def test_a_row_that_says_what_is_not_so_is_found(tmp_path: Path) -> None:
    page, file = tmp_path / "PAGE.md", tmp_path / "test_times.py"
    file.write_text("async def test_kept_in_time() -> None: ...\n")
    page.write_text(PAGE_OF_OURS)
    assert list(untrue(page)) == [
        f"PAGE.md: {tmp_path / 'test_others.py'} isn't there",
        "PAGE.md: P2: names no test, and isn't marked *open*",
        f"PAGE.md: P3: there is no test_not_there in {file}",
        "PAGE.md: P3: there is no test_kept_in_time in nowhere",
        "PAGE.md: Hours: Noon: there are two of them",
        "PAGE.md: Hours: Dusk: names no test, and isn't marked *open*",
        "PAGE.md: nothing names [others]",
    ]
    before = tmp_path / "open.txt"
    before.write_text("# As before.\n\nPAGE.md: Hours: Noon\nPAGE.md: P1\n")
    assert set(unlisted([page], before)) == {
        "PAGE.md: Hours: Noon (at night): is open, and not in docs/open.txt: test it, or it is a new promise",
        "PAGE.md: P1: isn't open any more: take it out of docs/open.txt",
    }


def test_every_decision_says_how_it_stands_and_what_else_there_was_and_is_in_the_index() -> None:
    index = []
    for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        title, status, *paragraphs = path.read_text(encoding="utf-8").split("\n\n")
        number, name = title.removeprefix("# ").split(". ", 1)
        assert path.name.startswith(f"{number:0>4}-")
        assert STATUS.fullmatch(status), f"{path.name}: say how it stands, as in 'Accepted on 2026-11-30.'"
        for part in ("Context", "Decision", "Alternatives"):
            assert any(paragraph.startswith(f"**{part}.** ") for paragraph in paragraphs), f"{path.name}: no {part}"
        index.append(f"| {number} | [{name}]({path.name}) | {status.removesuffix('.')} |")
    text = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:] == index


def test_a_page_that_is_not_there_is_found(tmp_path: Path) -> None:
    name = "no-such-page.md"
    page = tmp_path / "some" / "page.md"
    page.parent.mkdir()
    page.write_text(f"see {name}, [it](gone.md) and `services/nobody/at-home.py`")
    assert set(missing(page)) == {name, "gone.md", "services/nobody/at-home.py"}


def test_a_module_that_is_not_there_or_does_not_define_what_is_said_is_found() -> None:
    there = "`contracts.proof`, `kit.proof.text`, `contracts.sla.SlaMet.due_at`, `hours.calendar.Calendar.after(start)`"
    no_modules = "`punctual.sla.v1`, `punctual.ticket.opened.v1`, `escalation.raised`, `punctual.deciders`, `hours.py`"
    assert list(without_module(there + no_modules)) == []
    assert list(
        without_module("`kit.gone`, `contracts.sla.Gone`, `contracts.sla.SlaMet.gone` and `hours.gone.gone`")
    ) == [
        "there is no kit.gone",
        "there is no contracts.sla.Gone",
        "there is no contracts.sla.SlaMet.gone",
        "there is no hours.gone.gone",
    ]
    assert list(without_file("domain/decide.py, react.py; `shared/hours/hours/zone.py`, tests/desk.py.")) == []
    assert list(without_file("domain/gone.py and `gone.py`")) == ["there is no domain/gone.py", "there is no gone.py"]


def test_a_test_that_is_named_and_not_there_is_found(tmp_path: Path) -> None:
    page, file = tmp_path / "PAGE.md", tmp_path / "test_times.py"
    file.write_text("def test_kept_in_time() -> None: ...\n")
    page.write_text(
        "It is [kept in\ntime][times], [not there][times] and `kit.gone`.\n\n"
        "[times]: test_times.py\n[others]: test_others.py\n"
    )
    assert list(naming.untrue(page)) == [
        f"PAGE.md: {tmp_path / 'test_others.py'} isn't there",
        f"PAGE.md: there is no test_not_there in {file}",
        "PAGE.md: nothing names [others]",
        "PAGE.md: there is no kit.gone",
    ]


def test_a_term_out_of_order_or_without_a_place_or_a_sentence_is_found(tmp_path: Path) -> None:
    page = tmp_path / "GLOSSARY.md"
    page.write_text("""\
| Term | Meaning | Where |
|---|---|---|
| **proof** | Why a promise counts as kept. | `contracts.proof` |
| **clock** | What runs. | `contracts.sla` |
| **clock** | What runs. | `contracts.sla` |
| **zone** | a zone | somewhere |
| zone | What runs. |
""")
    assert list(untrue_of_terms(page)) == [
        "GLOSSARY.md: clock comes after proof",
        "GLOSSARY.md: clock comes after clock",
        "GLOSSARY.md: zone: names no module",
        "GLOSSARY.md: zone: its meaning is no sentence",
        "GLOSSARY.md: no term, meaning and place: | zone | What runs. |",
    ]


def test_what_is_open_may_only_become_less(tmp_path: Path) -> None:
    file = tmp_path / "open.txt"
    file.write_text("# open\nPOLICY.md: P3 (chat)\nSEMANTICS.md: Doors: A brand new promise\n")
    before = ["POLICY.md: P3", "POLICY.md: P7"]
    assert list(added(before, file)) == [
        "docs/open.txt: SEMANTICS.md: Doors: A brand new promise: what is open may only become less"
    ]
