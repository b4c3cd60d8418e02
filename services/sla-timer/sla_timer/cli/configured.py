"""Settings for commands that read sla-timer's database."""

import typer

from kit.process.settings import Common, SettingsError, load
from sla_timer.settings import Settings


def configured() -> tuple[Common, Settings]:
    """The settings of all services, and sla-timer's own. Ends the command if they are not set."""
    try:
        return load("sla-timer", Settings)
    except SettingsError as error:
        typer.echo(f"No desk runs here and the settings of sla-timer are not set:\n{error}", err=True)
        raise typer.Exit(1) from None
