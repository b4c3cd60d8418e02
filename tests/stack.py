"""Which broker and database the tests get, and how all workers of one run share them.

A run's first test that needs them starts a keeper, a process that holds them and stops them when the run ends,
however it ends. Every run has a keeper, databases and topics of its own.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.process import identity

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:17"
_ROOT = Path(__file__).parent.parent
_RUN = "PUNCTUAL_TEST_RUN"
_MODE = "PUNCTUAL_TEST_STACK"
_WITHIN = 170.0  # less than a test's timeout; the first start may have to fetch the broker


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the broker and the database of this run are."""

    kind: str
    """embedded, containers or given."""
    postgres_superuser_dsn: str
    kafka: str
    """Bootstrap servers."""
    version: str = ""

    def __str__(self) -> str:
        """What the terminal says."""
        server = self.postgres_superuser_dsn.rpartition("@")[2]
        return f"{self.kind} (PostgreSQL {self.version} at {server}, Kafka at {self.kafka})"


@dataclass(frozen=True, slots=True)
class Run:
    """One pytest run, all of its workers together."""

    controller: int
    folder: Path
    mode: str
    """given, containers or embedded."""

    @classmethod
    def begin(cls) -> "Run":
        """Called by the run's first process, before it starts workers: they inherit it."""
        run = cls(os.getpid(), Path(tempfile.mkdtemp(prefix="punctual-test-")), decide())
        os.environ[_RUN] = json.dumps([run.controller, str(run.folder), run.mode])
        return run

    @classmethod
    def joined(cls) -> "Run":
        """The run that this worker belongs to."""
        controller, folder, mode = json.loads(os.environ[_RUN])
        return cls(controller, Path(folder), mode)


def decide() -> str:
    """`given`, `containers` or `embedded`: as the environment asks, else by whether an engine has the images."""
    given = [os.environ.get(name) for name in ("PUNCTUAL_TEST_POSTGRES", "PUNCTUAL_TEST_KAFKA")]
    if all(given):
        return "given"
    if any(given):
        raise SystemExit("Give both PUNCTUAL_TEST_POSTGRES and PUNCTUAL_TEST_KAFKA, or neither.")
    wanted = os.environ.get(_MODE, "auto")
    if wanted not in ("auto", "containers", "embedded"):
        raise SystemExit(f"{_MODE} is {wanted!r}; it must be auto, containers or embedded.")
    if wanted != "auto":
        return wanted
    return "containers" if _engine_has_images() else "embedded"


def _engine_has_images() -> bool:
    """Asked in a process of its own: the engine's client leaves sockets open, which tests take for an error."""
    if not os.environ.get("DOCKER_HOST") and not os.access("/var/run/docker.sock", os.R_OK | os.W_OK):
        return False
    ask = [sys.executable, "-m", "tests.stack_containers", POSTGRES_IMAGE, KAFKA_IMAGE]
    try:
        return subprocess.run(ask, cwd=_ROOT, capture_output=True, timeout=30, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def acquire(run: Run) -> Addresses:
    """The run's addresses; the first caller starts what is needed. Raises StackUnavailable."""
    found = run.folder / "addresses.json"
    with (run.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            _start_keeper(run)
        answer = json.loads(found.read_text())
    if "error" in answer:
        raise StackUnavailable(answer["error"])
    return Addresses(**answer)


def _start_keeper(run: Run) -> None:
    with (run.folder / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.stack_keeper", run.mode, str(run.controller), str(run.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=_ROOT,
            start_new_session=True,
        )
    until = time.monotonic() + _WITHIN
    while not (run.folder / "addresses.json").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            said = (run.folder / "keeper.log").read_text()[-2000:]
            raise StackUnavailable(f"the keeper of the test stack failed (exit {keeper.poll()}): {said}")
        time.sleep(0.05)
    keeper.returncode = 0  # it outlives us on purpose: the run's first process stops it


def release(run: Run) -> None:
    """At the end of the run: stop the keeper and wait until it has cleaned up."""
    try:
        keeper = int((run.folder / "keeper.pid").read_text())
        os.kill(keeper, 15)
    except (OSError, ValueError):
        shutil.rmtree(run.folder, ignore_errors=True)
        return
    until = time.monotonic() + 30
    while identity(keeper) is not None and time.monotonic() < until:
        time.sleep(0.02)


def publish(folder: Path, answer: Addresses | str) -> None:
    """What the keeper found, or why it found nothing; whole or not at all."""
    draft = folder / "addresses.new"
    draft.write_text(json.dumps({"error": answer} if isinstance(answer, str) else asdict(answer)))
    draft.rename(folder / "addresses.json")
