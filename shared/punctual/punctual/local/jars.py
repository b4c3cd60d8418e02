"""The broker's jars: fetched once by Maven as the pinned pom says, checked against the committed checksums."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.places import assets, cache
from punctual.local.tools import run_tool

KAFKA = "4.3.1"


def jars_folder() -> Path:
    """Their folder, whether it is there yet or not; its name follows from the checksums."""
    stamp = hashlib.sha256((assets() / "jars.sha256").read_bytes()).hexdigest()[:12]
    return cache() / f"kafka-{KAFKA}-{stamp}"


async def find_jars(say: Callable[[str], None]) -> Path:
    """The folder with the broker's jars. Raises StackUnavailable if they are not there and cannot be fetched."""
    folder, wanted = jars_folder(), _checksums()
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise StackUnavailable("Kafka's jars are fetched by Maven, which is not installed: install Maven (`mvn`).")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".kafka-"))
    except OSError as error:
        raise StackUnavailable(f"{folder.parent} cannot be written ({error.strerror}): set XDG_CACHE_HOME.") from error
    try:
        await _fetch(maven, draft, len(wanted), say)
        _check(draft, wanted)
        try:
            draft.rename(folder)
        except OSError:  # another stack was quicker
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


async def _fetch(maven: str, folder: Path, count: int, say: Callable[[str], None]) -> None:
    """Run Maven, saying how many jars have come."""
    say(f"Fetching Kafka {KAFKA} (once, {count} jars, 44 MB)")
    came: set[str] = set()

    def on_line(line: str) -> None:
        if "Downloaded from" in line and ".jar" in line:
            came.add(line)
            if len(came) % 10 == 0:
                say(f"Fetching Kafka {KAFKA}: {len(came)} files")

    code, said = await run_tool(
        *(maven, "-B", "-f", assets() / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"),
        env={"MAVEN_OPTS": "-Xmx256m"} | os.environ,
        on_line=on_line,
        within=600,
    )
    if code != 0:
        errors = [line.removeprefix("[ERROR]").strip() for line in said.splitlines() if line.startswith("[ERROR]")]
        reason = errors[0][:300] if errors else f"exit {code}"
        raise StackUnavailable(f"Maven could not fetch Kafka's jars; is there a network? It said: {reason}")


def _checksums() -> dict[str, str]:
    lines = (assets() / "jars.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def _check(folder: Path, wanted: dict[str, str]) -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jar")}
    if found != wanted:
        wrong = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        raise StackUnavailable(f"These jars are not the ones whose checksums are committed: {', '.join(wrong[:5])}.")
