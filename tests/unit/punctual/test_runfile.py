import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from punctual.local.places import Home
from punctual.local.process import identity
from punctual.local.runfile import Process, Run, read_run
from punctual.local.stopping import stop_run


def process_of(pid: int) -> Process:
    return Process("kafka", pid, identity(pid), stop_signal=15, stop_within=5, port=8111)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    run = Run(process_of(os.getpid()), "2026-11-23T10:00:00Z", [process_of(os.getpid())], {"PUNCTUAL_KAFKA": "x"}, True)
    run.write(home)
    assert read_run(home) == run
    assert run.alive


def test_an_unreadable_run_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert read_run(home) is None
    home.run.write_text('{"processes": 7}')
    assert read_run(home) is None


def test_a_pid_that_was_given_to_another_process_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        ours_long_ago = replace(process_of(other.pid), identity="1")
        Run(ours_long_ago, "2026-11-23T10:00:00Z", [ours_long_ago]).write(home)
        assert stop_run(home, lambda _: None) is False
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_what_a_killed_run_left_is_stopped(tmp_path: Path) -> None:
    home = Home(tmp_path)
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    gone = replace(process_of(left.pid), identity="1")
    Run(gone, "2026-11-23T10:00:00Z", [process_of(left.pid)]).write(home)
    assert stop_run(home, lambda _: None) is True
    assert left.wait(5) == -15
    assert not home.run.exists()
