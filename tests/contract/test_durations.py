"""What `make test ARGS=--durations` ends with."""

import os
import subprocess
from typing import Literal

import pytest
from tests.contract.naming import ROOT
from tests.durations import OPTION, SHOWN, ByFile

Phase = Literal["setup", "call", "teardown"]


def report(node: str, when: Phase, seconds: float) -> pytest.TestReport:
    return pytest.TestReport(node, ("", 0, ""), {}, "passed", None, when, duration=seconds)


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("--durations", OPTION),
        ("-k breach --durations", f"-k breach {OPTION}"),
        ("--durations=5", "--durations=5"),
        ("-k durations", "-k durations"),
    ],
)
def test_make_asks_for_the_table_and_leaves_the_durations_of_single_tests_to_pytest(asked: str, passed: str) -> None:
    command = ["make", "--dry-run", "--old-file=setup", "test", f"ARGS={asked}", "WORKERS=3"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1].endswith(f"pytest -n 3 --dist worksteal {passed}")


def test_a_file_costs_the_setup_the_call_and_the_teardown_of_all_its_tests() -> None:
    cost = ByFile()
    phases: list[tuple[str, Phase, float]] = [
        ("a.py::test_one", "setup", 1.0),
        ("a.py::test_one", "call", 2.0),
        ("a.py::test_one", "teardown", 3.0),
        ("b.py::test_two[x::y]", "setup", 0.0),
        ("b.py::test_two[x::y]", "call", 18.0),
        ("b.py::test_two[x::y]", "teardown", 0.0),
    ]
    for node, when, seconds in phases:
        cost.pytest_runtest_logreport(report(node, when, seconds))
    assert [line.split() for line in cost.lines()] == [
        ["18.0", "s", "75.0%", "1", "tests", "b.py"],
        ["6.0", "s", "25.0%", "1", "tests", "a.py"],
        ["24.0", "s", "100.0%", "2", "tests", "all", "2", "files,", "in", "all", "workers", "together"],
    ]


def test_the_table_names_the_dearest_files_and_counts_the_others() -> None:
    cost = ByFile()
    for number in range(SHOWN + 10):
        cost.pytest_runtest_logreport(report(f"{number}.py::test", "setup", number))
    *dearest, total = cost.lines()
    assert [line.split()[-1] for line in dearest] == [f"{number}.py" for number in range(SHOWN + 9, 9, -1)]
    assert f"all {SHOWN + 10} files" in total
