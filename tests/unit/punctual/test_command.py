import sys
from importlib.metadata import EntryPoint

import pytest
import typer
from typer.testing import CliRunner

from punctual import main

OWN = ["up", "down", "status", "env", "doctor", "serve", "migrate", "topics"]


@pytest.mark.parametrize("name", OWN)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    said = CliRunner().invoke(main.app, [name, "--help"])
    assert said.exit_code == 0
    assert "Example:" in said.output


def test_a_service_that_is_none_is_refused_with_the_names_of_those_that_are() -> None:
    said = CliRunner().invoke(main.app, ["serve", "sla_timer"])
    assert said.exit_code == 2
    assert "sla-timer" in said.output


def test_only_the_published_command_that_is_asked_for_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()
    monkeypatch.setattr(main, "app", app)
    points = [EntryPoint("due", "os:getcwd", main.GROUP), EntryPoint("broken", "no.such.module:x", main.GROUP)]
    monkeypatch.setattr(main, "entry_points", lambda group: points)
    main.add_published(["due", "--help"])
    assert [command.name for command in app.registered_commands] == ["due"]
    assert "no.such.module" not in sys.modules


def test_a_broken_published_command_takes_no_other_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = typer.Typer()
    monkeypatch.setattr(main, "app", app)
    points = [EntryPoint("due", "os:getcwd", main.GROUP), EntryPoint("broken", "no.such.module:x", main.GROUP)]
    monkeypatch.setattr(main, "entry_points", lambda group: points)
    main.add_published(["--help"])
    assert [command.name for command in app.registered_commands] == ["due"]
    assert "punctual broken is not available" in capsys.readouterr().err
