"""Wherever a command is given, somebody says what its events come of."""

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from contracts.causes import REQUEST, Cause
from kit.http.auth import Caller
from kit.http.command_origin import CommandOrigin

ROOT = Path(__file__).parents[3]
WITHOUT = {
    "shared/kit/kit/timers/timers.py": "of rings in one trace: each gets the event that set its timer",
    "services/sla-timer/sla_timer/facts/restored.py": "of rows that are shown to the core as facts, and never recorded",
    "services/sla-timer/sla_timer/proof/citing.py": "of rows among which a cause is looked for",
}
"""Where a `Meta` without a cause is made, and why."""


def made_without_cause() -> Iterator[str]:
    """The files in which an envelope's `Meta` is made that names none."""
    for path in sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Meta":
                named = {keyword.arg for keyword in node.keywords}
                if "actor" in named and "cause" not in named:
                    yield str(path.relative_to(ROOT))


def test_every_command_of_ours_says_what_it_came_of() -> None:
    assert set(made_without_cause()) == set(WITHOUT)


def test_all_commands_of_a_request_have_that_request_as_their_cause() -> None:
    origin = CommandOrigin(Caller("ada", "admin"), UUID(int=7), b"hash")
    parts = [origin.part("begun"), origin.part("begun").part("again"), origin.part("other")]
    assert {one.cause for one in (origin, *parts)} == {Cause(REQUEST, str(UUID(int=7)))}
    assert len({one.command_id for one in (origin, *parts)}) == 4
