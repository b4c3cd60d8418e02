"""The command `punctual`: its own subcommands, and those that services publish as `punctual.commands`."""

import logging
import sys
from importlib.metadata import EntryPoint, entry_points

import typer

from punctual.commands import containers, data, desk, doctor, replay, serve, token
from punctual.context import adopt_environment
from punctual.local.errors import StackUnavailable
from punctual.local.migrations import MigrationFailed

GROUP = "punctual.commands"

app = typer.Typer(
    name="punctual",
    help="An event-sourced support desk that keeps its promises.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for room in (desk, doctor, serve, data, token, replay, containers):
    room.register(app)


@app.callback()
def _settings(context: typer.Context) -> None:
    """An event-sourced support desk that keeps its promises."""
    if context.invoked_subcommand not in ("up", "down", "serve", "doctor", "secrets", "prepare", "probe"):
        adopt_environment()


def add_published(arguments: list[str]) -> None:
    """Add the command that is asked for; all of them only where help is, for each costs its service's import."""
    published = {point.name: point for point in entry_points(group=GROUP)}
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    own = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    if asked in own:
        return
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


def main() -> None:
    """The script's entry."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it words its retries as errors
    add_published(sys.argv[1:])
    try:
        app()
    except (StackUnavailable, MigrationFailed) as error:
        typer.echo(f"punctual: {error}", err=True)
        sys.exit(1)
