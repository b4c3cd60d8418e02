"""The demo as a newcomer runs it: a process of its own, a fresh home, and the JSON that it leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.homes import discard
from tests.images import why_no_containers

from punctual.demo.plan import story
from punctual.local.places import Home

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def started(home: Path, *options: str, **more: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("PUNCTUAL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "punctual", "demo", *options],
        env=env | {"PUNCTUAL_HOME": str(home)} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def played(home: Path, *options: str, within: float = 200, **more: str) -> tuple[int, str, dict[str, Any]]:
    process = started(home, *options, **more)
    try:
        said, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.terminate()  # containers would outlive a kill
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        discard(Home(home / "demo"))
    result = home / "demo.json"
    return process.returncode, said, json.loads(result.read_text()) if result.exists() else {}


def expect_a_good_day(code: int, said: str, found: dict[str, Any]) -> None:
    fallen = [check for check in found.get("checks", []) if not check["held"]]
    assert (code, fallen) == (0, []), said[-6000:]
    assert found["ok"]
    assert len(found["checks"]) == 13
    summary = found["summary"]
    assert summary["tickets"] == len(story())
    assert min(summary[name] for name in ("answered_in_time", "breached", "escalated", "mails", "ratings")) > 0
    assert "\x1b[" not in said, "there is no terminal, so nothing is coloured"
    assert "opened by email" in said
    assert "BREACH" in said


def test_the_demo_plays_on_the_real_broker_and_every_check_holds(tmp_path: Path) -> None:
    code, said, found = played(tmp_path, "--bus", "kafka")
    expect_a_good_day(code, said, found)
    assert found["broker"] is True
    assert not (tmp_path / "demo" / "run.json").exists(), "nothing is left running"


@pytest.mark.timeout(600)  # the images are built first
def test_the_demo_plays_on_a_compose_project_of_its_own_which_is_gone_afterwards(tmp_path: Path) -> None:
    if why := why_no_containers():
        pytest.skip(why)
    code, said, found = played(tmp_path, "--stack", "compose", within=540)
    if "runs already" in said:
        pytest.skip("another demo in containers runs on this machine")
    expect_a_good_day(code, said, found)
    assert (found["stack"], found["broker"]) == ("compose", True)
    for kind in ("container", "volume", "network"):
        left = ["docker", kind, "ls", "-q", "--filter", "label=com.docker.compose.project=punctual-demo"]
        assert subprocess.run(left, capture_output=True, check=True).stdout == b"", f"a {kind} is left"


def test_where_kafka_cannot_be_had_the_demo_says_so_and_plays_without(tmp_path: Path) -> None:
    # An empty cache, and no Maven on the path: as on a machine without it.
    tools = tmp_path / "tools"
    tools.mkdir()
    path = f"{Path(sys.executable).parent}:{tools}"
    code, said, found = played(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"), PATH=path)
    expect_a_good_day(code, said, found)
    assert said.index("Maven, which is not installed") < said.index("IN-MEMORY BUS: not the real broker")
    assert found["broker"] is False
    assert "IN-MEMORY BUS" in found["played_on"]


def test_stopped_in_the_middle_the_demo_leaves_nothing_running(tmp_path: Path) -> None:
    process = started(tmp_path, "--bus", "memory")
    run = tmp_path / "demo" / "run.json"
    try:
        until = time.monotonic() + 60
        while not (run.exists() and json.loads(run.read_text())["processes"]) and time.monotonic() < until:
            time.sleep(0.1)
        begun = json.loads(run.read_text())["processes"]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        process.kill()
        discard(Home(tmp_path / "demo"))
    assert process.returncode == 130
    assert begun
    assert [one["name"] for one in begun if Path(f"/proc/{one['pid']}").exists()] == []
