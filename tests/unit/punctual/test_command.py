import sys
from importlib.metadata import EntryPoint

import pytest
import typer
from typer.testing import CliRunner

from punctual import main


@pytest.fixture(autouse=True)
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    monkeypatch.setattr(main, "app", app)
    return app


@pytest.mark.parametrize("name", list(main.ROOMS))
def test_every_command_explains_itself_with_an_example(name: str, app: typer.Typer) -> None:
    main.add_commands([name])
    said = CliRunner().invoke(app, [name, "--help"])
    assert said.exit_code == 0
    assert "Example" in said.output


def test_a_service_that_is_none_is_refused_with_the_names_of_those_that_are(app: typer.Typer) -> None:
    main.add_commands(["serve"])
    said = CliRunner().invoke(app, ["serve", "sla_timer"])
    assert said.exit_code == 2
    assert "sla-timer" in said.output


def test_only_the_published_command_that_is_asked_for_is_loaded(
    monkeypatch: pytest.MonkeyPatch, app: typer.Typer
) -> None:
    monkeypatch.setattr(main, "ROOMS", {})
    points = [EntryPoint("due", "os:getcwd", main.GROUP), EntryPoint("broken", "no.such.module:x", main.GROUP)]
    monkeypatch.setattr(main, "entry_points", lambda group: points)
    main.add_commands(["due", "--help"])
    assert [command.name for command in app.registered_commands] == ["due"]
    assert "no.such.module" not in sys.modules


def test_a_broken_published_command_takes_no_other_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], app: typer.Typer
) -> None:
    monkeypatch.setattr(main, "ROOMS", {})
    points = [EntryPoint("due", "os:getcwd", main.GROUP), EntryPoint("broken", "no.such.module:x", main.GROUP)]
    monkeypatch.setattr(main, "entry_points", lambda group: points)
    main.add_commands(["--help"])
    assert [command.name for command in app.registered_commands] == ["due"]
    assert "punctual broken is not available" in capsys.readouterr().err
