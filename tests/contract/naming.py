"""What a page names is there: tests by their sentences, and in `code` modules and what they define.

A test is named as `[its sentence][key]`, and `[key]: path` says which file it is in. A module is named as Python does,
perhaps with what it defines: `kit.proof.text`, `contracts.proof.Proof`.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = re.compile(r"^\[([\w-]+)\]: (\S+)$", re.MULTILINE)
TEST = re.compile(r"\[([^\]]+)\]\[([\w-]+)\]")
FOLDERS = {
    typed.parent.name: typed.parent for place in ("shared", "services") for typed in ROOT.glob(f"{place}/*/*/py.typed")
}
NAME = re.compile(rf"`((?:{'|'.join(FOLDERS)})(?:\.\w+)+)(?=[`( ])(?<!\.py)(?<!\.v\d)")
FILE_OF_CODE = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*\w+\.py)\b")
TERM = re.compile(r"\| \*\*([^*|]+)\*\* \| ([^|]+) \| ([^|]+) \|")
"""A row of the glossary: term, meaning, places."""


@cache
def tests_in(file: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE))


def files_of(page: Path) -> dict[str, Path]:
    return {key: (page.parent / path).resolve() for key, path in FILE.findall(page.read_text(encoding="utf-8"))}


def without_test(page: Path, named: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Of sentences, each with the key of a file, those that are no test in it."""
    files = files_of(page)
    for sentence, key in named:
        test = "_".join(("test", *sentence.split()))
        if key not in files or (files[key].is_file() and test not in tests_in(files[key])):
            yield f"there is no {test} in {files.get(key, key)}"


def without_module(text: str) -> Iterator[str]:
    """Of what is named in `code` like a module of ours, what is none and is defined in none."""
    for name in NAME.findall(text):
        if name not in others() and not is_there(*name.split(".")):
            yield f"there is no {name}"


@cache
def code() -> frozenset[str]:
    """Our files of code, each by every ending of its path."""
    places = (
        path.relative_to(ROOT).parts
        for folder in ("deploy", "examples", "services", "shared", "tests")
        for path in (ROOT / folder).rglob("*.py")
    )
    return frozenset("/".join(parts[n:]) for parts in places for n in range(len(parts)))


def without_file(text: str) -> Iterator[str]:
    """Of the files of code that are named, by as much of their path as tells it, those that there are not."""
    yield from (f"there is no {name}" for name in FILE_OF_CODE.findall(text) if name not in code())


def is_there(root: str, *names: str) -> bool:
    place = FOLDERS[root]
    for n, name in enumerate(names):
        if (module := place / f"{name}.py").is_file():
            return defines(module, names[n + 1 :])
        if not (place / name).is_dir():
            return defines(place / "__init__.py", names[n:])
        place /= name
    return True


@cache
def statements(module: Path) -> Sequence[ast.stmt]:
    return ast.parse(module.read_text(encoding="utf-8")).body if module.is_file() else []


def defines(module: Path, names: Sequence[str]) -> bool:
    body = statements(module)
    for name in names:
        found = next((node for node in body if name in bound(node)), None)
        if found is None:
            return False
        body = found.body if isinstance(found, ast.ClassDef) else []
    return True


def bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names)


@cache
def others() -> frozenset[str]:
    """What looks like a module's name and is none: types of events, and groups of entry points."""
    events = (file.name.rpartition(".v")[0] for file in (ROOT / "shared/contracts/contracts/schemas").glob("*.json"))
    groups = (
        group
        for file in ROOT.glob("s*/*/pyproject.toml")
        for group in tomllib.loads(file.read_text(encoding="utf-8"))["project"].get("entry-points", {})
    )
    return frozenset([*events, *groups])


def untrue_of_terms(page: Path) -> Iterator[str]:
    """What is wrong with the glossary: each term has a row of its own, in order, and says where it lives."""
    last = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line == "| Term | Meaning | Where |":
            continue
        if not (found := TERM.fullmatch(line)):
            yield f"{page.name}: no term, meaning and place: {line}"
            continue
        term, meaning, places = found.groups()
        if term.lower() <= last.lower():
            yield f"{page.name}: {term} comes after {last}"
        if not NAME.search(places):
            yield f"{page.name}: {term}: names no module"
        if not meaning.endswith("."):
            yield f"{page.name}: {term}: its meaning is no sentence"
        last = term


def untrue(page: Path) -> Iterator[str]:
    """What a page names that isn't there."""
    text = page.read_text(encoding="utf-8")
    yield from (f"{page.name}: {file} isn't there" for file in files_of(page).values() if not file.is_file())
    cited = TEST.findall(text)
    yield from (f"{page.name}: {fault}" for fault in without_test(page, cited))
    yield from (f"{page.name}: nothing names [{key}]" for key in files_of(page).keys() - {key for _, key in cited})
    yield from (f"{page.name}: {fault}" for fault in without_module(text))
