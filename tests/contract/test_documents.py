"""What documents and docstrings refer to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("deploy", "docs", "services", "shared", "tests")
SOURCES = sorted(
    path
    for folder in FOLDERS
    for suffix in ("py", "md", "sql", "yaml", "yml", "j2")
    for path in (ROOT / folder).rglob(f"*.{suffix}")
) + sorted(ROOT.glob("*.md"))
RULE, RULES = re.compile(r"\bP([1-9]\d?)\b(?!-)"), ROOT / "docs/policy.md"
PAGE = re.compile(r"(?<![\w/.-])([\w/.-]+\.md)\b")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[\w-]+)?\)")
HOUSE = re.compile(r"`((?:services|shared|deploy|tests|docs)/[\w./-]+)`")


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


def test_every_rule_that_is_cited_is_in_the_policy() -> None:
    rules = set(re.findall(r"^- P(\d+) ", RULES.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(rules) == 25
    cited = {
        f"{path.relative_to(ROOT)}: P{rule}"
        for path in SOURCES
        for rule in RULE.findall(path.read_text(encoding="utf-8"))
        if rule not in rules
    }
    assert cited == set()


def test_a_page_that_is_not_there_is_found(tmp_path: Path) -> None:
    name = "no-such-page.md"
    page = tmp_path / "some" / "page.md"
    page.parent.mkdir()
    page.write_text(f"see {name}, [it](gone.md) and `services/nobody/at-home.py`")
    assert set(missing(page)) == {name, "gone.md", "services/nobody/at-home.py"}
