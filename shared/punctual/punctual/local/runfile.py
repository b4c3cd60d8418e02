"""`run.json`: what a running desk says about itself to `status`, `down` and every other command. No secrets."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from punctual.local.places import Home
from punctual.local.process import Child, identity


@dataclass(frozen=True, slots=True)
class Process:
    """A process that is ours: `identity` tells it from a later one with the same pid."""

    name: str
    pid: int
    identity: str | None
    stop_signal: int
    stop_within: float
    port: int | None = None
    url: str | None = None

    @classmethod
    def of(cls, child: Child, port: int | None = None, url: str | None = None) -> "Process":
        """As it is written down."""
        spec = child.spec
        return cls(spec.name, child.pid, child.identity, int(spec.stop_signal), spec.stop_within, port, url)

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self.identity is not None and identity(self.pid) == self.identity


@dataclass(frozen=True, slots=True)
class Run:
    """A desk that runs. `processes` are in the order in which they are stopped; `env` has addresses only."""

    supervisor: Process
    since: str
    processes: list[Process] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    """PUNCTUAL_* addresses for other commands; passwords are added from the home's secrets."""
    ready: bool = False

    @property
    def alive(self) -> bool:
        """Whether its supervisor lives."""
        return self.supervisor.alive

    def write(self, home: Home) -> None:
        """Replace the file, whole or not at all."""
        draft = home.run.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n")
        draft.replace(home.run)


def read_run(home: Home) -> Run | None:
    """None where nothing was started, or the file cannot be understood."""
    try:
        said = json.loads(Path(home.run).read_text())
        processes = [Process(**process) for process in said.pop("processes")]
        return Run(Process(**said.pop("supervisor")), processes=processes, **said)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def living(processes: Iterable[Process]) -> list[Process]:
    """Those that still run."""
    return [process for process in processes if process.alive]
