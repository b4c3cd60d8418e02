"""Loads policy files for commands."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from sla_timer.policy.file import DEFAULT, Document, PolicyRefused, read
from sla_timer.policy.versions import Policies


def load(file: Path | None) -> Document:
    """The file's policy, or the shipped one. Ends the command with all of the file's problems."""
    try:
        return read(file or DEFAULT, today=datetime.now(UTC).date())
    except PolicyRefused as refused:
        typer.echo(str(refused), err=True)
    except OSError as error:
        typer.echo(f"{file} can't be read: {error.strerror}", err=True)
    raise typer.Exit(1)


def in_force(document: Document) -> Policies:
    """The policies as if this one had been published."""
    return Policies().published(document.published())
