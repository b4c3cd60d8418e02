"""What is wrong with a policy file, where, and what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

Path = tuple[str | int, ...]
MAX_VALUES = 100_000
"""In a document, with its aliases written out; more than any policy has."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `where`: the keys that lead to it, as in `calendars.office.windows`."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.where}: {self.message}" if self.where else f"line {self.line}: {self.message}"


class PolicyRefused(Exception):
    """The policy file can't be used, for all the reasons listed in `problems`."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(f"{name}, {problem}" for problem in self.problems))


def problem_at(document: Any, path: Path, message: str) -> Problem:
    """A problem, at the line of the deepest key on the path that the document has."""
    return Problem(_line(document, path), ".".join(map(str, path)), message)


def size(node: Any, known: dict[int, int] | None = None) -> int:
    """How many values a document has once its aliases are written out; ENDLESS where one holds itself."""
    known = {} if known is None else known
    if id(node) not in known:
        known[id(node)] = MAX_VALUES
        parts = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        known[id(node)] = min(MAX_VALUES, 1 + sum(size(part, known) for part in parts))
    return known[id(node)]


def plain(node: Any) -> Any:
    """The document as plain data. Dates are ISO text, since they may be keys."""
    match node:
        case Mapping():
            return {_key(key): plain(value) for key, value in node.items()}
        case list():
            return [plain(item) for item in node]
        case _:
            return _key(node)


def _key(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _line(node: Any, path: Path) -> int:
    line = 0
    for part in path:
        match node:
            case CommentedMap():
                found = [key for key in node if str(_key(key)) == str(part)]
                if not found:
                    break
                line, node = node.lc.key(found[0])[0], node[found[0]]
            case CommentedSeq() if isinstance(part, int) and part < len(node):
                line, node = node.lc.item(part)[0], node[part]
            case _:
                break
    return line + 1
