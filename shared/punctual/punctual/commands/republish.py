"""republish: sending again what a topic has lost."""

import asyncio
from importlib.metadata import entry_points
from typing import Annotated

import typer

from contracts.names import SHARDS
from kit.personal.vault import makes_none
from kit.process.wiring import WiredService
from kit.relay import republish as again
from punctual.local.errors import StackUnavailable
from punctual.wired import wired

STALLED_SECONDS = 30.0
"""Without progress for this long, somebody should look why."""
ASSUMED_EVENTS_PER_SECOND = 1_000.0
"""The assumed speed, until the real one is known."""


def republish(
    what: Annotated[str, typer.Argument(help="A topic, the service whose topic it is, or `all`.")],
    shard: Annotated[
        list[int] | None, typer.Option(min=0, max=SHARDS - 1, help="Only this one; may be given several times.")
    ] = None,
) -> None:
    """Send again what a topic has lost: its service's relay goes back to the beginning, one shard after the other.

    Persons' keys go first. Each record has the bytes, number and id that it had: our services skip what they have, and
    others drop repeats by `ce_id`. While a shard is sent again, its new facts wait behind the old ones; for how long is
    said beforehand. The service must run, for it is its relay that sends. Nothing is asked of the database but the
    service's own rights.

    Examples: `punctual republish all`, `punctual republish punctual.tickets.v1`, `punctual republish intake --shard 12`
    """
    for name in _services(what):
        asyncio.run(_republish(name, sorted(set(shard or range(SHARDS)))))


async def _republish(name: str, shards: list[int]) -> None:
    async with wired(name) as found:
        try:
            await _watch(name, found, shards)
        except again.Refused as refused:
            raise StackUnavailable(f"{name}: {refused}. See /readyz of {name}; nothing was changed.") from refused


async def _watch(name: str, found: WiredService, shards: list[int]) -> None:
    rate, begun, total = ASSUMED_EVENTS_PER_SECOND, 0.0, 0
    async for progress in again.republish(
        found.store, found.clock, shards, keys=found.service.makes_keys is not makes_none
    ):
        if progress.sent == 0 and progress.silent == 0.0:
            begun = found.clock.elapsed()
            wait = progress.events / rate
            typer.echo(
                f"{found.service.topic} shard {progress.shard}: {progress.events} events to send again; "
                f"what is new in it waits about {wait:.1f} s"
            )
        if progress.done:
            took = found.clock.elapsed() - begun
            total += progress.events
            if progress.events:
                rate = progress.events / max(took, 0.001)
                typer.echo(f"{found.service.topic} shard {progress.shard}: sent again in {took:.1f} s")
        elif progress.silent > STALLED_SECONDS:
            raise StackUnavailable(
                f"shard {progress.shard}: nothing has been sent for {STALLED_SECONDS:.0f} s. Does {name} run, and does "
                "the broker answer? The cursor stays where it is: the records go out once the service relays again."
            )
    typer.echo(f"{found.service.topic}: {total} events of {len(shards)} shards were sent again.")


def _services(what: str) -> list[str]:
    """The services meant: those that are installed here."""
    published = {point.name: point.load().topic for point in entry_points(group="punctual.services")}
    chosen = sorted(name for name, topic in published.items() if what in ("all", name, topic))
    if not chosen:
        known = ", ".join(["all", *sorted(published), *sorted(published.values())])
        raise typer.BadParameter(f"there is no topic or service {what!r} here; there are: {known}")
    return chosen


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(republish)
