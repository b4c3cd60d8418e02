"""policy: check a policy file, say what another one changes, and put it in force."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from contracts.policy import calendars
from kit.store import Unavailable
from sla_timer.cli.policies import load
from sla_timer.cli.publishing import publish_after_asking
from sla_timer.policy.diff import describe_changes
from sla_timer.policy.file.schema import as_text
from sla_timer.publish import Superseded

app = typer.Typer(
    no_args_is_help=True, help="Check policy files, compare them, put one in force, and print their JSON Schema."
)

File = Annotated[Path, typer.Argument(help="A policy file (YAML).")]


@app.command()
def check(file: File) -> None:
    """Say all that is wrong with a policy file, each with its line and what would help. Exit 1 if anything is.

    Example: `punctual policy check policy.yaml`
    """
    document = load(file)
    typer.echo(f"{file.name} is good: {document.name}, version {document.version}")
    typer.echo(f"resolved with tzdata {document.tzdata} and holidays {document.holidays}")
    for name, calendar in calendars(document.published()).items():
        if calendar.known_until:
            typer.echo(f"the calendar {name} is known until {calendar.known_until}")


@app.command()
def diff(before: File, after: File) -> None:
    """Say in words what the second file changes, and for whom. Running clocks keep the policy they started with.

    Example: `punctual policy diff policy.yaml proposal.yaml`
    """
    old, new = load(before), load(after)
    today = datetime.now(UTC).date()
    if old.version == new.version:
        typer.echo(f"Nothing changes: both are version {new.version}.")
        return
    for change in describe_changes(old.published(), new.published(), today=today):
        typer.echo(f"- {change}")
    typer.echo(f"Running clocks keep version {old.version}; new ones follow version {new.version}.")


@app.command()
def publish(
    file: File, yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask; for scripts.")] = False
) -> None:
    """Put a policy in force on the running desk, once its changes have been shown and confirmed. No restart is needed.

    New clocks follow it; running ones keep the policy they started with, until they are migrated. It stays in force
    when services are started again, whatever file they are configured with.

    Example: `punctual policy publish proposal.yaml`
    """
    document = load(file)
    try:
        asyncio.run(publish_after_asking(document, sure=yes))
    except (Unavailable, Superseded) as error:
        typer.echo(f"It was not published: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that check while one types.

    Example: `punctual policy schema > policy.schema.json`
    """
    typer.echo(as_text(), nl=False)
