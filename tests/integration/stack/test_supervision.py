"""`punctual up`, as a person runs it, in a home of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.homes import discard

from punctual.local.places import Home
from punctual.local.ports import is_free
from punctual.local.process import identity
from punctual.local.runfile import read_run
from punctual.local.stack import Ports
from punctual.local.stopping import stop_run

pytestmark = pytest.mark.slow


class Terminal:
    """Runs the command with a home, as in a shell."""

    def __init__(self, home: Path) -> None:
        self.home = Home(home)
        self.env = os.environ | {"PUNCTUAL_HOME": str(home)}
        self.ups: list[subprocess.Popen[str]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "punctual", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def up(self, *options: str) -> subprocess.Popen[str]:
        """`punctual up`, until it is up."""
        log = (self.home.path.parent / "up.log").open("a")
        command = [sys.executable, "-m", "punctual", "up", *options]
        with log:
            process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, text=True, start_new_session=True)
        self.ups.append(process)
        until = time.monotonic() + 90
        while not ((run := read_run(self.home)) and run.alive and run.ready):
            assert process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)
        return process

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def pids(self) -> dict[str, int]:
        run = read_run(self.home)
        assert run is not None
        return {process.name: process.pid for process in (run.supervisor, *run.processes)}

    def said(self) -> str:
        return (self.home.path.parent / "up.log").read_text()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "home")
    yield terminal
    stop_run(terminal.home, lambda _: None)
    for process in terminal.ups:
        process.kill()
        process.wait()
    discard(terminal.home)


def gone(pids: dict[str, int], within: float = 20) -> bool:
    until = time.monotonic() + within
    while any(identity(pid) for pid in pids.values()):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_up_serves_until_down_and_keeps_its_data(terminal: Terminal) -> None:
    # when it is started, while another program has a port that it would like
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_free(Ports().postgres):
            other.bind(("127.0.0.1", Ports().postgres))
            other.listen()
        terminal.up("--stack-only")
    pids = terminal.pids()

    # then it says so, and others find it
    assert f"Port {Ports().postgres} is in use" in terminal.said()
    found = terminal.status()
    assert found["ready"]
    assert [process["name"] for process in found["processes"]] == ["up", "mailcatcher", "kafka", "postgres"]
    assert {process["state"] for process in found["processes"]} == {"running"}
    assert terminal.run("topics").stdout.strip() == "all topics are there"
    assert "PUNCTUAL_MASTER_KEY" in terminal.run("env").stdout

    # and a second one in the same home is refused
    second = terminal.run("up", "--stack-only")
    assert second.returncode == 1
    assert "already" in second.stderr

    # when it is told to stop, then all of it is gone
    assert terminal.run("down").returncode == 0
    assert gone(pids)
    assert terminal.status()["processes"] == []

    # when it is started again, then its data are there
    terminal.up("--stack-only")
    assert terminal.run("topics").stdout.strip() == "all topics are there"


@pytest.mark.timeout(400)
def test_what_ends_by_itself_is_started_again_and_it_is_said(terminal: Terminal) -> None:
    up = terminal.up()
    before = terminal.pids()
    for name in ("kafka", "postgres", "notifier"):
        os.kill(before[name], signal.SIGKILL)
    until = time.monotonic() + 240
    while not all(f"{name} is back" in terminal.said() for name in ("kafka", "postgres", "notifier")):
        assert up.poll() is None, terminal.said()
        assert time.monotonic() < until, terminal.said()
        time.sleep(0.2)
    assert "kafka ended by itself (exit -9)" in terminal.said()
    pids = terminal.pids()
    assert {name for name in pids if pids[name] != before[name]} == {"kafka", "postgres", "notifier"}
    while not terminal.status()["ready"]:
        assert time.monotonic() < until, terminal.status()
        time.sleep(0.5)
    up.send_signal(signal.SIGTERM)
    assert up.wait(60) == 0
    assert gone(pids)


def test_a_killed_up_leaves_nothing_and_the_next_one_ends_with_ctrl_c(terminal: Terminal) -> None:
    killed = terminal.up("--stack-only")
    left = terminal.pids()
    killed.kill()
    killed.wait()

    up = terminal.up("--stack-only")
    assert gone(left)
    pids = terminal.pids()
    up.send_signal(signal.SIGINT)
    assert up.wait(30) == 0
    assert gone(pids)
