"""The command `punctual`: its own subcommands, and those that services publish as `punctual.commands`."""

import logging
import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import asyncpg
import structlog
import typer

from contracts.errors import MalformedEvent, UnknownEvent
from kit.bus import BusError
from kit.store import Unavailable
from punctual.context import adopt_environment
from punctual.local.errors import StackUnavailable
from punctual.local.migrations import MigrationFailed

GROUP = "punctual.commands"

ROOMS = {
    "demo": "demo",
    "up": "desk",
    "down": "desk",
    "status": "desk",
    "env": "desk",
    "doctor": "doctor",
    "replay": "replay",
    "parked": "parked",
    "republish": "republish",
    "refold": "refold",
    "import": "imports",
    "simulate": "simulate",
    "token": "token",
    "serve": "serve",
    "migrate": "data",
    "topics": "data",
    "secrets": "containers",
    "prepare": "containers",
}
"""The command's own subcommands, and the room of `punctual.commands` that each lives in."""

app = typer.Typer(
    name="punctual",
    help="An event-sourced support desk that keeps its promises.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback()
def _settings(context: typer.Context) -> None:
    """An event-sourced support desk that keeps its promises."""
    if context.invoked_subcommand not in ("demo", "up", "down", "serve", "doctor", "secrets", "prepare"):
        adopt_environment()


def add_commands(arguments: list[str]) -> None:
    """Add the command that is asked for; all of them only where help is, for each costs what it imports."""
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    for room in dict.fromkeys([ROOMS[asked]] if asked in ROOMS else ROOMS.values()):
        import_module(f"punctual.commands.{room}").register(app)
    if asked not in ROOMS:
        _add_published(asked)


def _add_published(asked: str | None) -> None:
    published = {point.name: point for point in entry_points(group=GROUP)}
    for name, point in sorted(published.items()):
        if asked in (None, name) or asked not in published:
            _add(name, point)


def _add(name: str, point: EntryPoint) -> None:
    try:
        command = point.load()
    except Exception as error:  # one service's broken command must not take the others away
        typer.echo(f"punctual {name} is not available: {error}", err=True)
        return
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def _keep_stdout_clean() -> None:
    """What a command answers stands alone on stdout: logs go beside it. A service that is served sets up its own."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it words its retries as errors
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def main() -> None:
    """The script's entry."""
    _keep_stdout_clean()
    add_commands(sys.argv[1:])
    try:
        app()
    except (StackUnavailable, MigrationFailed, Unavailable, BusError) as error:
        typer.echo(f"punctual: {error}", err=True)
        sys.exit(1)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        typer.echo(f"punctual: {error}. Does all run that this command asks? `punctual status` tells.", err=True)
        sys.exit(1)
    except MalformedEvent as error:
        typer.echo(f"punctual: an event in the log can't be read: {error}", err=True)
        sys.exit(1)
    except UnknownEvent as error:
        typer.echo(f"punctual: {error}: a newer release has written it. Ask with that one.", err=True)
        sys.exit(1)
