"""refold: rows of views made anew from the topics."""

import asyncio
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Annotated, NamedTuple

import typer

from contracts.names import SHARDS
from kit import terminal
from kit.bus import BusError
from kit.consume.views import View
from kit.replay import refolding
from kit.replay.replay import Difference
from kit.store import Unavailable
from punctual.local.errors import StackUnavailable
from punctual.wired import wired

ROWS_SHOWN = 20
"""Rows of a view that are named one by one."""


class Kept(NamedTuple):
    """A view, and the service that keeps it."""

    service: str
    view: View


def refold(
    what: Annotated[str, typer.Argument(help="A view (the name of its table), the service that keeps it, or `all`.")],
    shard: Annotated[
        list[int] | None, typer.Option(min=0, max=SHARDS - 1, help="Only this one; may be given several times.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only list the rows that differ; ends with 1 if any does.")
    ] = False,
) -> None:
    """Make rows of views anew from the topics that they are folded from, one shard after the other.

    Rows that differ from the topics are corrected and listed; rows that the topics don't mention stay. The service may
    run: new records of a shard wait until its rows are written. Records that are set aside are left out until they are
    redriven.

    Examples: `punctual refold all --check`, `punctual refold all --shard 12`, `punctual refold SERVICE`
    """
    wrong = 0
    for kept in _views(what):
        found = asyncio.run(_refold(kept, sorted(set(shard or range(SHARDS))), check=check))
        _say(kept, found, check=check)
        wrong += len(found)
    if check and wrong:
        raise typer.Exit(1)


async def _refold(kept: Kept, shards: Sequence[int], *, check: bool) -> list[Difference]:
    act, found = refolding.compare if check else refolding.rewrite, list[Difference]()
    async with wired(kept.service) as service:
        with terminal.progress() as progress:
            task = progress.add_task(f"{'reading' if check else 'refolding'} {kept.view.table}", total=len(shards))
            for shard in shards:
                try:
                    found += await act(service.store, service.bus, service.vault, kept.view, shard)
                except (refolding.Incomplete, BusError, Unavailable) as error:
                    raise StackUnavailable(_why(kept, shard, error)) from error
                progress.advance(task)
    return found


def _why(kept: Kept, shard: int, error: Exception) -> str:
    mend = (
        "`punctual republish TOPIC` sends again what a topic has lost."
        if isinstance(error, refolding.Incomplete)
        else "Try again."
    )
    return f"{kept.view.table} of {kept.service} was left as it is from shard {shard} on: {error}. {mend}"


def _say(kept: Kept, found: Sequence[Difference], *, check: bool) -> None:
    for one in found[:ROWS_SHOWN]:
        typer.echo(str(one))
    if len(found) > ROWS_SHOWN:
        typer.echo(f"and {len(found) - ROWS_SHOWN} more")
    name, rows = f"{kept.view.table} of {kept.service}", "1 row" if len(found) == 1 else f"{len(found)} rows"
    if not found:
        typer.echo(f"{name}: all rows are as the topics say.")
    elif check:
        typer.echo(f"{name}: otherwise than the topics say: {rows}; nothing was changed.")
    else:
        typer.echo(f"{name}: put right by what the topics say: {rows}.")


def _views(what: str) -> list[Kept]:
    """The views meant, of the services that are installed here."""
    every = [Kept(point.name, view) for point in entry_points(group="punctual.services") for view in point.load().views]
    chosen = [kept for kept in every if what in ("all", kept.service, kept.view.table)]
    if not every:
        raise typer.BadParameter("no service here keeps a view.")
    if not chosen:
        known = ", ".join(["all", *sorted({name for kept in every for name in (kept.service, kept.view.table)})])
        raise typer.BadParameter(f"there is no view or service with views {what!r} here; there are: {known}")
    return chosen


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(refold)
