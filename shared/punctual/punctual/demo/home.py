"""The demo's own folder: always fresh, apart from a desk that `punctual up` runs, and one demo at a time."""

import shutil
from collections.abc import Callable

from punctual.local.account import discard
from punctual.local.places import Home
from punctual.local.stopping import stop_run

KEPT = {"lock", "log"}


def demo_home(home: Home) -> Home:
    """`.punctual/demo` beside the desk's own data."""
    return Home(home.path / "demo")


def emptied(home: Home, say: Callable[[str], None]) -> None:
    """Remove what the last demo left, its processes first if it was killed. Call it while holding `alone(home)`."""
    stop_run(home, say)
    discard(home)
    for rest in home.path.iterdir():
        if rest.name == "log":
            for log in rest.iterdir():
                log.unlink()
        elif rest.name not in KEPT:
            shutil.rmtree(rest) if rest.is_dir() and not rest.is_symlink() else rest.unlink()
