"""up, down, status, env."""

import asyncio
import json
import shlex
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from kit import terminal
from punctual.context import environment
from punctual.local.desk import Desk
from punctual.local.places import Home
from punctual.local.status import status as look
from punctual.local.stopping import stop_run
from punctual.local.supervise import alone, supervise

console = terminal.console()


def say(text: str) -> None:
    """A line of progress."""
    console.print(f"· {text}", markup=False, soft_wrap=True)


def up(
    stack_only: Annotated[bool, typer.Option(help="PostgreSQL, Kafka and the mail catcher, no services.")] = False,
) -> None:
    """Start the desk in this terminal: PostgreSQL, Kafka, a mail catcher and the five services.

    What ends by itself is started again, a service with wrong settings excepted. Ctrl-C stops everything it started,
    and nothing else. Data stay in `.punctual/` (or PUNCTUAL_HOME).

    Example: `punctual up --stack-only`
    """
    home = Home.default()
    with alone(home):
        code = asyncio.run(supervise(home, services=not stack_only, say=say, show=_show))
    raise typer.Exit(code)


def down() -> None:
    """Stop the desk that `punctual up` started in another terminal.

    Example: `punctual down`
    """
    home = Home.default()
    if not stop_run(home, say):
        console.print(f"Nothing runs in {home.path}.")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="The same, for programs.")] = False,
) -> None:
    """Show each process of the desk: its pid, port and state, and how far its consumers are behind.

    Exits 0 if everything is ready, 1 if not. Example: `punctual status --json`
    """
    found = asyncio.run(look(Home.default()))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif not found["processes"]:
        console.print(f"Nothing runs in {found['home']}; `punctual up` starts it.")
    else:
        console.print(_table(found))
        for process in found["processes"]:
            for kind, colour in (("troubles", "red"), ("warnings", "yellow")):
                for sentence in process[kind]:
                    console.print(f"[{colour}]{process['name']}[/]: {escape(sentence)}", soft_wrap=True)
    raise typer.Exit(0 if found["ready"] else 1)


def env() -> None:
    """Print the running desk's settings, secrets included, as shell exports.

    Example: `eval "$(punctual env)"`
    """
    found = environment()
    if not found:
        typer.echo(f"Nothing runs in {Home.default().path}; `punctual up` starts it.", err=True)
        raise typer.Exit(1)
    for name, value in sorted(found.items()):
        typer.echo(f"export {name}={shlex.quote(value)}")


def register(app: typer.Typer) -> None:
    """Add them."""
    for command in (up, down, status, env):
        app.command()(command)


def _table(found: dict[str, Any]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("", "state", "pid", "port", "behind", "address"):
        table.add_column(name, justify="right" if name in ("pid", "port") else "left")
    for process in found["processes"]:
        good = process["state"] in ("ready", "running")
        behind = ", ".join(f"{c['topic']} {'?' if c['lag'] is None else c['lag']}" for c in process["consumers"])
        table.add_row(
            process["name"],
            f"[{'green' if good else 'red'}]{process['state']}[/]",
            str(process["pid"]),
            str(process["port"] or ""),
            behind,
            process["url"] or "",
        )
    return table


def _show(desk: Desk) -> None:
    for name, (usual, chosen) in desk.stack.moved.items():
        console.print(f"[yellow]Port {usual} is in use; {name} is on {chosen} instead.[/]")
    table = Table(box=None, show_header=False, pad_edge=False)
    for service in desk.services:
        table.add_row(f"[bold]{service.name}[/]", service.url)
    if desk.services:
        table.add_row("[bold]mail to the desk[/]", f"smtp://127.0.0.1:{desk.ports['smtp']}")
    if desk.stack.mail:
        table.add_row("[bold]mails it sent[/]", desk.stack.mail.url)
    if desk.stack.kafka and desk.stack.postgres:
        table.add_row("[bold]Kafka[/]", desk.stack.bootstrap)
        table.add_row(
            "[bold]PostgreSQL[/]", f"127.0.0.1:{desk.stack.postgres.port}, version {desk.stack.postgres.version}"
        )
    console.print(table)
    console.print(f"[green]Up.[/] Data and logs: {desk.stack.home.path}. Ctrl-C stops it.")
