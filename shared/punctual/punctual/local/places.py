"""Where things lie: the checkout that we run from, the home of a stack, the cache that all stacks share."""

import os
from dataclasses import dataclass
from pathlib import Path

from punctual.local.errors import StackUnavailable


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all that a stack keeps: data, logs, secrets, and where it runs (`run.json`)."""

    path: Path

    @classmethod
    def default(cls) -> "Home":
        """`PUNCTUAL_HOME`, or `.punctual` in the checkout, or in the current folder where there is no checkout."""
        if chosen := os.environ.get("PUNCTUAL_HOME"):
            return cls(Path(chosen).absolute())
        base = Path.cwd() if (root := find_checkout()) is None else root
        return cls(base / ".punctual")

    def make(self) -> "Home":
        """Create the folder, readable by its owner only. Raises StackUnavailable if that cannot be done."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.log.mkdir(exist_ok=True)
        except OSError as error:
            raise StackUnavailable(
                f"{self.path} cannot be written ({error.strerror}): choose PUNCTUAL_HOME."
            ) from error
        return self

    @property
    def log(self) -> Path:
        """One file per process."""
        return self.path / "log"

    @property
    def kafka(self) -> Path:
        """The broker's data and settings."""
        return self.path / "kafka"

    @property
    def postgres(self) -> Path:
        """The database's data, or, where we are root, a link to it."""
        return self.path / "postgres"

    @property
    def secrets(self) -> Path:
        """Made once, lines of NAME=value, mode 0600."""
        return self.path / "secrets"

    @property
    def run(self) -> Path:
        """What runs: pids, ports, addresses; there only while it does."""
        return self.path / "run.json"


def find_checkout() -> Path | None:
    """The folder with the project's Makefile and `deploy/local`, or None where only the wheel is installed."""
    return sources() if (sources() / "deploy" / "local" / "pom.xml").is_file() else None


def sources() -> Path:
    """The folder that holds `services` and `shared`: the checkout, or `/app` in an image."""
    return Path(__file__).resolve().parents[4]


def checkout() -> Path:
    """As find_checkout; raises StackUnavailable where there is none."""
    if (root := find_checkout()) is None:
        raise StackUnavailable("The local stack runs from a checkout of the project only: clone it and `make setup`.")
    return root


def assets() -> Path:
    """`deploy/local`: the broker's pom and checksums, its log settings, the mail catcher."""
    return checkout() / "deploy" / "local"


def cache() -> Path:
    """What was downloaded and checked, shared by all stacks of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "punctual"
