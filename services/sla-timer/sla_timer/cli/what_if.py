"""what-if: which tickets another policy would have breached."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from contracts import codec
from kit import terminal
from kit.store import Unavailable
from sla_timer.cli.configured import configured
from sla_timer.cli.instants import from_option
from sla_timer.cli.policies import load
from sla_timer.history.verdict import STATES
from sla_timer.what_if.process import Progress, Question, count_here
from sla_timer.what_if.reading import FactsMissing
from sla_timer.what_if.whole import ClockOutcome, Outcome

MAX_GROUPS_SHOWN = 20


def what_if(
    policy: Annotated[Path, typer.Option(help="The other policy file.")],
    since: Annotated[str | None, typer.Option("--from", metavar="INSTANT", help="Opened from then on.")] = None,
    before: Annotated[str | None, typer.Option("--to", metavar="INSTANT", help="Opened before then.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: all accounts and months.")] = False,
) -> None:
    """Say whom another policy would have breached and whom not, over the whole history, by account and month.

    Nothing is recorded. Example: `punctual what-if --policy proposal.yaml --from 2026-01-01T00:00:00Z`
    """
    begins, ends = from_option(since, "--from"), from_option(before, "--to")
    if begins and ends and ends <= begins:
        raise typer.BadParameter("--to is not after --from; name a later instant")
    question = _question(policy, begins, ends)
    try:
        with _progress() as progress:
            outcome = asyncio.run(count_here(question, progress))
    except Unavailable as error:
        typer.echo(f"The database doesn't answer: {error}", err=True)
        raise typer.Exit(1) from None
    except FactsMissing as error:
        typer.echo(f"Not yet: {error}; sla-timer does that by itself, so try again in some minutes", err=True)
        raise typer.Exit(1) from None
    except OverflowError as error:
        typer.echo(f"{policy}: {error}; promise something that ends", err=True)
        raise typer.Exit(1) from None
    typer.echo(msgspec.json.encode(outcome)) if json else show(terminal.console(), outcome)


def show(console: Console, outcome: Outcome) -> None:
    """For people."""
    console.print(f"{outcome.tickets:,} tickets, had policy {outcome.policy} held from the beginning:")
    _show_clock(console, "first answer", outcome)
    for kind, clock in outcome.further.items():
        _show_clock(console, kind, clock)
    if outcome.calendar_unknown:
        console.print(
            f"Their agreed calendar is none of the policy's, so the tier's counts: {outcome.calendar_unknown:,}."
        )


def _show_clock(console: Console, kind: str, clock: ClockOutcome) -> None:
    names = [name for name in STATES if name in {**clock.recorded, **clock.would_be}]
    states = Table(kind, *names)
    states.add_row("on record", *(f"{clock.recorded.get(name, 0):,}" for name in names))
    states.add_row("would be", *(f"{clock.would_be.get(name, 0):,}" for name in names))
    console.print(states)
    console.print(f"Breached no longer: {clock.spared:,}{_such_as(clock.examples_spared)}.")
    console.print(f"Breached only then: {clock.struck:,}{_such_as(clock.examples_struck)}.")
    changed = sorted(
        (one for one in clock.groups if one.spared or one.struck), key=lambda one: -one.spared - one.struck
    )
    if not changed:
        return
    account = Column("account", no_wrap=True, min_width=36)
    table = Table(account, "opened in", "tickets", "breached", "would be", "no longer", "only then")
    for one in changed[:MAX_GROUPS_SHOWN]:
        counts = (one.tickets, one.breached, one.would_be, one.spared, one.struck)
        table.add_row(str(one.account_id or "not known"), one.month, *(f"{count:,}" for count in counts))
    console.print(table)
    if len(changed) > MAX_GROUPS_SHOWN:
        console.print(f"and {len(changed) - MAX_GROUPS_SHOWN:,} more accounts and months; all of them with --json")


def _such_as(numbers: list[str]) -> str:
    return f", such as {', '.join(numbers[:3])}" if numbers else ""


def _question(policy: Path, since: datetime | None, before: datetime | None) -> Question:
    published = load(policy).published()
    common, own = configured()
    return Question(
        database_url=own.database_url,
        policy=codec.encode(published, seal=None).decode(),
        until=common.clock().now(),
        since=since,
        before=before,
    )


@contextmanager
def _progress() -> Iterator[Progress]:
    """Shows progress on stderr while it lasts."""
    with terminal.progress(counts=False) as progress:
        task = progress.add_task("deciding", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
