"""The settings of a desk that runs here, for commands that read its database."""

import typer

from kit.process.settings import Common, SettingsError, load
from sla_timer.settings import Settings


def configured() -> tuple[Common, Settings]:
    """Those of all services, and sla-timer's own. Ends the command where they are not set."""
    try:
        return load("sla-timer", Settings)
    except SettingsError as error:
        typer.echo(f"No desk runs here and the settings of sla-timer are not set:\n{error}", err=True)
        raise typer.Exit(1) from None
