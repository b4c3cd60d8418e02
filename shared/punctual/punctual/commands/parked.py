"""parked: records that a service could not understand, and what to do about them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from contracts.names import shard_of
from kit import terminal
from kit.consume import redrive
from kit.consume.follow import Follow, Poison
from kit.process.wiring import WiredService
from punctual.wired import wired

group = typer.Typer(
    name="parked",
    help="Records that a service could not understand, and all that followed about the same ticket.",
    no_args_is_help=True,
)
console = terminal.console()
T = TypeVar("T")
Name = Annotated[str, typer.Argument(help="The service.")]
Identity = Annotated[UUID, typer.Argument(help="The ticket or account.")]


@group.command("list")
def show(service: Name) -> None:
    """Show what is set aside, and why. Example: `punctual parked list notifier`"""

    async def act(wired: WiredService, follow: Follow) -> None:
        found = await redrive.parked(wired.store)
        if not found:
            console.print(f"Nothing is set aside at {service}.")
            return
        table = Table("ticket or account", "topic", "shard", "seq", "since", "why")
        for one in found:
            since = one.parked_at.isoformat(timespec="seconds") if one.parked_at else ""
            table.add_row(str(one.identity), one.source, str(one.shard), str(one.seq), since, one.reason)
        console.print(table)

    _with(service, act)


@group.command()
def retry(service: Name, identity: Identity) -> None:
    """Apply all that is set aside about a ticket, in order: all of it, or none if one still can't be understood.

    Example: `punctual parked retry notifier 5db502f3-5e0b-53ec-a453-78baf1e1b608`
    """

    async def act(wired: WiredService, follow: Follow) -> None:
        try:
            count = await redrive.retry(wired.store, follow, shard_of(identity), identity, wired.service.listens)
        except Poison as poison:
            console.print(f"Still not: {poison.place[0]} shard {poison.place[1]} seq {poison.seq}: {poison.reason}")
            console.print("Nothing was changed. Mend the cause, or give it up with `punctual parked drop`.")
            raise typer.Exit(1) from None
        console.print(f"{count} records applied.")

    _with(service, act)


@group.command()
def drop(service: Name, identity: Identity) -> None:
    """Give up what is set aside about a ticket: it will have no effect at this service.

    Example: `punctual parked drop notifier 5db502f3-5e0b-53ec-a453-78baf1e1b608`
    """

    async def act(wired: WiredService, follow: Follow) -> None:
        count = await redrive.drop(wired.store, shard_of(identity), identity, wired.service.listens)
        console.print(f"{count} records dropped.")

    _with(service, act)


def _with(name: str, act: Callable[[WiredService, Follow], Awaitable[T]]) -> T:
    async def run() -> T:
        async with wired(name) as found:
            return await act(found, found.follow)

    return asyncio.run(run())


def register(app: typer.Typer) -> None:
    """Add them."""
    app.add_typer(group)
