"""Child processes that stop in order, and die with us even if we are killed."""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from punctual.local.account import Account
from punctual.local.errors import StackUnavailable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_ROTATE_AT_BYTES = 10 * 1024 * 1024


def identity(pid: int) -> str | None:
    """When the process `pid` began, as the system words it; None if there is none. A reused pid answers otherwise."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return said.stdout.strip() or None
    state, *rest = status.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


@dataclass(frozen=True, slots=True)
class Spec:
    """How a child is started and stopped. `env` replaces the environment; `account`: under which root starts it."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 15.0


class Child:
    """A running child in a process group of its own, so that Ctrl-C reaches only us and we choose the order.

    Start it from the main thread: the kernel ties its life to the thread that started it.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        spec.log.parent.mkdir(parents=True, exist_ok=True)
        if spec.log.exists() and spec.log.stat().st_size > _ROTATE_AT_BYTES:
            spec.log.replace(spec.log.with_suffix(spec.log.suffix + ".1"))
        with spec.log.open("ab") as log:
            self.log_from = log.tell()
            try:
                self._popen = subprocess.Popen(
                    list(spec.argv),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=spec.env,
                    cwd=spec.cwd,
                    start_new_session=True,
                    preexec_fn=tether(os.getpid(), spec.stop_signal),
                    user=spec.account.uid if spec.account else None,
                    group=spec.account.gid if spec.account else None,
                    extra_groups=[] if spec.account else None,
                )
            except OSError as error:
                raise StackUnavailable(f"{spec.name} could not be started: {error.strerror}.") from error
        self.identity = identity(self.pid)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._popen.poll()

    def said(self, lines: int = 5) -> str:
        """The last lines that it wrote since this start."""
        with self.spec.log.open("rb") as log:
            log.seek(self.log_from)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    async def stop(self) -> None:
        """Ask it to stop; after its time, kill its whole group. Returns when it is gone."""
        if self.exit_code() is None:
            self._popen.send_signal(self.spec.stop_signal)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.spec.stop_within):
                    await self.gone()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await self.gone()

    async def gone(self) -> int:
        """Wait for its end; its exit code."""
        while (code := self.exit_code()) is None:  # noqa: ASYNC110 - SIGCHLD belongs to whoever runs the loop
            await asyncio.sleep(0.02)
        return code


async def until(child: Child, ready: Callable[[], Awaitable[bool]], within: float) -> None:
    """Wait until `ready()`. Raises StackUnavailable if the child ends or time is up."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        if (code := child.exit_code()) is not None:
            raise StackUnavailable(f"{child.spec.name} ended at its start (exit {code}): {child.said()}")
        if await ready():
            return
        if asyncio.get_running_loop().time() > deadline:
            raise StackUnavailable(f"{child.spec.name} was not ready within {within:.0f} s; see {child.spec.log}.")
        await asyncio.sleep(0.05)


def tether(parent: int, stop_signal: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec: tie its life to ours, and allow itself many open files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = min(most, 65536) if most != resource.RLIM_INFINITY else 65536

    def child() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # we died in between
                os._exit(1)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))

    return child
