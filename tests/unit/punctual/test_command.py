import base64
import socket
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from uuid import UUID

import pytest
import structlog
import typer
from typer.testing import CliRunner

from kit.clock import WallClock
from kit.http.auth import Verifier
from punctual import main

SECRET = "a secret for tests, long enough"


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


def subject(app: typer.Typer, *options: str) -> str:
    main.add_commands(["token"])
    said = CliRunner().invoke(app, ["token", "--role", "requester", "--account", str(UUID(int=1)), *options])
    return Verifier(SECRET, WallClock()).caller(f"Bearer {said.stdout.strip()}").subject


def test_a_token_gives_each_address_its_own_subject_that_doesnt_tell_it(
    monkeypatch: pytest.MonkeyPatch, app: typer.Typer
) -> None:
    monkeypatch.setenv("PUNCTUAL_TOKEN_SECRET", SECRET)
    ann, bob = [subject(app, "--email", f"{name}@acme.example") for name in ("ann", "bob")]
    assert ann != bob
    assert "ann" not in ann
    assert subject(app, "--email", "ann@acme.example") == ann
    assert subject(app, "--email", "ann@acme.example", "--subject", "a-17") == "a-17"


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


def test_what_is_logged_stands_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        main._keep_stdout_clean()
        structlog.get_logger("policy").info("policy in force")
    finally:
        structlog.reset_defaults()
    answer = capsys.readouterr()
    assert answer.out == ""
    assert "policy in force" in answer.err


ASKING = (
    "parked list intake",
    f"parked retry sla-timer {UUID(int=1)}",
    "republish intake",
    "refold all",
    "explain P-1",
    "replay --in-memory",
)


@pytest.mark.parametrize("command", ASKING)
def test_without_a_database_a_command_says_so_in_one_sentence(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    for name, value in desk_of_nobody(nobody).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["punctual", *command.split()])
    try:
        with pytest.raises(SystemExit) as ended:
            main.main()
    finally:
        structlog.reset_defaults()
    told = capfd.readouterr().err
    assert ended.value.code == 1
    assert str(nobody) in told
    assert "Traceback" not in told


def desk_of_nobody(port: int) -> dict[str, str]:
    services = ("INTAKE", "SLA_TIMER", "ESCALATION", "NOTIFIER", "FEEDBACK")
    return {
        "PUNCTUAL_KAFKA": f"127.0.0.1:{port}",
        "PUNCTUAL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "PUNCTUAL_TOKEN_SECRET": SECRET,
        "PUNCTUAL_SURVEY_SECRET": SECRET,
    } | {f"PUNCTUAL_{name}_DATABASE_URL": f"postgresql://p:p@127.0.0.1:{port}/x" for name in services}
