"""What each test file costs: the table that `make test ARGS=--durations` ends with."""

from collections import defaultdict

import pytest

OPTION = "--durations-by-file"
SHOWN = 25
"""Files."""


def add_option(parser: pytest.Parser) -> None:
    """`--durations-by-file`; pytest's own `--durations=N` goes by test."""
    parser.addoption(OPTION, action="store_true", help="say which test files cost most")


class ByFile:
    """Adds up, in a run's first process, what all workers report: each test's setup, call and teardown."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._tests: defaultdict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self._seconds[file] += report.duration
        self._tests[file] += report.when == "setup"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("dearest test files")
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> list[str]:
        """One for each of the dearest files: seconds, share of all seconds, tests; and one for all files."""
        total = sum(self._seconds.values())
        dearest = sorted(self._seconds.items(), key=lambda one: one[1], reverse=True)[:SHOWN]
        lines = [_line(seconds, total, self._tests[file], file) for file, seconds in dearest]
        every = f"all {len(self._seconds)} files, in all workers together"
        return [*lines, _line(total, total, sum(self._tests.values()), every)]


def _line(seconds: float, total: float, tests: int, of: str) -> str:
    return f"{seconds:9.1f} s {seconds / (total or 1):6.1%} {tests:5} tests  {of}"
