"""Stopping from outside: what another terminal's `up` started, or what a killed one left behind."""

import os
import signal
import time
from collections.abc import Callable

from punctual.local.places import Home
from punctual.local.runfile import Process, living, read_run

_SUPERVISOR_TIMEOUT_SECONDS = 75.0


def stop_run(home: Home, say: Callable[[str], None]) -> bool:
    """Stop the desk of this home and all it started, nothing else. False if nothing of it ran."""
    run = read_run(home)
    if run is None:
        return False
    found = run.alive or bool(living(run.processes))
    if run.alive:
        say(f"asking `up` (pid {run.supervisor.pid}) to stop")
        _signal(run.supervisor, signal.SIGTERM)
        _wait([run.supervisor], _SUPERVISOR_TIMEOUT_SECONDS)
    for process in run.processes:
        if process.alive:
            say(f"stopping {process.name} (pid {process.pid})")
            _signal(process, signal.Signals(process.stop_signal))
            _wait([process], process.stop_within)
    for process in living(run.processes):
        say(f"{process.name} does not stop: killing it (pid {process.pid})")
        _signal(process, signal.SIGKILL)
    _wait(run.processes, 5)
    home.run.unlink(missing_ok=True)
    return found


def _signal(process: Process, number: signal.Signals) -> None:
    if process.alive:  # the very one: its pid may have been given to another since
        os.kill(process.pid, number)


def _wait(processes: list[Process], within: float) -> None:
    until = time.monotonic() + within
    while living(processes) and time.monotonic() < until:
        time.sleep(0.05)
