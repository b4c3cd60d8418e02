"""The demo's own folder: always fresh, apart from a desk that `punctual up` runs, and one demo at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from punctual.local.places import Home
from punctual.local.stopping import stop_run

KEPT = {"lock", "log"}


def demo_home(home: Home) -> Home:
    """`.punctual/demo` beside the desk's own data."""
    return Home(home.path / "demo")


def emptied(home: Home, say: Callable[[str], None]) -> list[Path]:
    """Put aside what the last demo left, its processes stopped first if it was killed; what is to be removed.

    Removing thousands of files takes seconds, in which the next demo can start. Call it while holding `alone(home)`.
    """
    stop_run(home, say)
    trash = [path for path in home.path.iterdir() if path.name.startswith("old-")]
    aside = home.path / f"old-{uuid4().hex[:8]}"
    aside.mkdir()
    for rest in home.path.iterdir():
        if rest.name in KEPT or rest.name.startswith("old-"):
            continue
        if rest.is_symlink():  # root's database lies elsewhere
            there = rest.readlink()
            if there.is_dir():
                trash.append(there.rename(there.with_name(f"{there.name}-{aside.name}")))
            rest.unlink()
        else:
            rest.rename(aside / rest.name)
    for log in home.log.iterdir():
        log.unlink()
    return [*trash, aside]


def remove(paths: list[Path]) -> None:
    """Remove folders for good."""
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
