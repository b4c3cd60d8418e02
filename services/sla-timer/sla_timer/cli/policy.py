"""policy: check a policy file, and say what another one changes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sla_timer.changes import changes
from sla_timer.cli.policies import load
from sla_timer.policy_file.schema import as_text

app = typer.Typer(no_args_is_help=True, help="Check policy files, compare them, and print their JSON Schema.")

File = Annotated[Path, typer.Argument(help="A policy file (YAML).")]


@app.command()
def check(file: File) -> None:
    """Say all that is wrong with a policy file, each with its line and what would help. Exit 1 if anything is.

    Example: `punctual policy check policy.yaml`
    """
    document = load(file)
    typer.echo(f"{file.name} is good: {document.name}, version {document.version}")
    typer.echo(f"resolved with tzdata {document.tzdata} and holidays {document.holidays}")
    for name, calendar in document.resolved["calendars"].items():
        if calendar["known_until"]:
            typer.echo(f"the calendar {name} is known until {calendar['known_until']}")


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
    said = list(changes(old.resolved, new.resolved, today=today))
    for change in said or [
        "Nothing that anyone would notice: it is only written otherwise, or lies beyond the last dates known."
    ]:
        typer.echo(f"- {change}")
    typer.echo(f"Running clocks keep version {old.version}; new ones follow version {new.version}.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that check while one types.

    Example: `punctual policy schema > policy.schema.json`
    """
    typer.echo(as_text(), nl=False)
