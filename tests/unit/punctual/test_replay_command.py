"""What `punctual replay` refuses before it looks at anything."""

import pytest
import typer
from typer.testing import CliRunner

from punctual.commands.replay import register


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--ticket", "seven"], "neither a ticket's number"),
        (["--at", "yesterday"], "is no instant"),
        (["--at", "2026-03-01T12:00:00"], "in which zone"),
        (["nobody"], "there is no service"),
        (["--no-database"], "--from kafka"),
        (["--no-database", "--from", "kafka", "--verify"], "nothing to --verify"),
        (["--at", "2026-01-01T00:00:00Z", "--verify"], "without --verify"),
        (["--keep", "--in-memory"], "--keep could leave"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer(rich_markup_mode=None)
    register(app)
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 2
    assert says in answer.output
