"""Each line and each branch of what is pure runs in a test that says what it should come to.

`python -m tests.contract.branches` runs these tests, and fails with what runs in none of them. Properties don't count:
what they draw may be something else next time.
"""

import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

ROOT = Path(__file__).parents[2]
NO_IO = ("Domains do no I/O", "What reacts to facts is as pure as the domains", "Support hours do no I/O")
"""The import contracts that name what is pure, beside `contracts`."""
TESTS = ("tests/contract", "tests/unit")
ELSEWHERE = (
    "tests/contract/test_dead.py",
    "tests/contract/test_documents.py",
    "tests/contract/test_portal_form.py",
    "tests/unit/kit",
    "tests/unit/punctual",
    "tests/unit/intake/test_mail_*.py",
    "tests/unit/sla_timer/test_exchanged_days.py",
    "tests/unit/sla_timer/test_policy_command.py",
    "tests/unit/sla_timer/test_policy_file.py",
    "tests/unit/sla_timer/test_policy_metrics.py",
    "tests/unit/sla_timer/test_promises_of_others.py",
    "tests/unit/sla_timer/test_real_holidays.py",
    "tests/unit/sla_timer/test_what_if_simple_tickets.py",
)
"""Tests of other rooms, and those that take long and reach nothing alone."""

Measured = Mapping[str, Mapping[str, Any]]
"""Of each file, as in coverage's JSON report: `missing_lines`, and `missing_branches` as pairs of lines."""


def pure() -> list[str]:
    """The files of what is pure, from the root."""
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    names = ["contracts", *(name for one in linted if one["name"] in NO_IO for name in one["source_modules"])]
    return sorted(str(file.relative_to(ROOT)) for name in names for file in _files(name))


def _files(name: str) -> Iterator[Path]:
    """Those of a module. Only its root is looked up: nothing that is to be measured is imported for it."""
    root, *rooms = name.split(".")
    spec = find_spec(root)
    assert spec is not None, name
    assert spec.submodule_search_locations, name
    place = Path(spec.submodule_search_locations[0], *rooms)
    yield from sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def untested(files: Measured) -> Iterator[str]:
    """A line each: `file:line`, or `file:line->line` for a branch from one to the other; `->exit` out of a function."""
    for name, file in sorted(files.items()):
        missing = set(file["missing_lines"])
        yield from (f"{name}:{line}" for line in sorted(missing))
        for start, to in file["missing_branches"]:
            if not {start, to} & missing:
                yield f"{name}:{start}->{to if to > 0 else 'exit'}"


def measured(files: Iterable[str], arguments: Sequence[str], data: Path) -> Measured:
    """What pytest runs of these files with these arguments, in all its workers. Exits if a test fails."""
    files = [str(ROOT / name) for name in files]
    coverage = Coverage(data_file=data / "coverage", include=files)
    with coverage.collect():
        failed = pytest.main(list(arguments))
    if failed:
        sys.exit(failed)
    coverage.save()
    coverage.combine([str(data)])
    coverage.json_report(morfs=files, outfile=str(data / "report.json"))
    found: Measured = json.loads((data / "report.json").read_text(encoding="utf-8"))["files"]
    return found


def main(workers: str) -> int:
    os.chdir(ROOT)
    elsewhere = (f"--ignore-glob={name}" for name in ELSEWHERE)
    quietly = ("-q", "--no-header", "--durations=0", "--durations-min=60", "-p", "no:cacheprovider")
    arguments = [*TESTS, *elsewhere, "-m", "not hypothesis", "-n", workers, *quietly]
    with tempfile.TemporaryDirectory() as folder:
        lacking = list(untested(measured(pure(), arguments, Path(folder))))
    for each in lacking:
        print(f"{each}: runs in no test", file=sys.stderr)
    if lacking:
        print(f"\n{len(lacking)} places without a test. Again: make coverage", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
