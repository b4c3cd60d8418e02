"""`punctual what-if`: what is refused before anything is read."""

import pytest
import typer
from typer.testing import CliRunner

from sla_timer.cli.what_if import what_if
from sla_timer.policy import file as policy_file

app = typer.Typer()
app.command()(what_if)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (("--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"), "--to is not after --from"),
        (("--from", "2026-02-01T00:00:00Z", "--to", "2026-02-01T00:00:00Z"), "--to is not after --from"),
        (("--from", "2026-02-01"), "--from: '2026-02-01' is no instant; write an instant such as"),
    ],
)
def test_a_span_that_is_none_is_refused(span: tuple[str, ...], said: str) -> None:
    answer = CliRunner().invoke(app, ["--policy", str(policy_file.DEFAULT), *span])
    assert (answer.exit_code, said in " ".join(answer.output.replace("│", "").split())) == (2, True)
