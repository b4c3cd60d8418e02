"""What commands write to a pipe."""

import pytest

from kit import terminal


def test_without_a_terminal_nothing_is_cut_or_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    line = "recorded " * 100
    terminal.console().print(line)
    assert capsys.readouterr().out == line + "\n"


def test_without_a_terminal_progress_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress() as progress:
        task = progress.add_task("reading", total=2)
        progress.update(task, completed=2)
    assert capsys.readouterr().err == ""
