"""replay: the read models, from the log alone."""

import asyncio
import os
from datetime import datetime
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from kit.service import Service
from kit.settings import prefix_of
from punctual.local.errors import StackUnavailable
from punctual.replay.timeline import timeline
from punctual.replay.verify import Verified, verify


class Origin(StrEnum):
    """Where the log is read."""

    postgres = "postgres"
    kafka = "kafka"


def replay(
    service: Annotated[str, typer.Argument(help="A service, or `all`.")] = "all",
    check: Annotated[bool, typer.Option("--verify", help="Exit 1 unless every row equals the live one.")] = False,
    ticket: Annotated[UUID | None, typer.Option(help="Show one ticket's events in all services, in order.")] = None,
    at: Annotated[datetime | None, typer.Option(help="As of this instant (UTC), e.g. 2026-03-01T12:00:00.")] = None,
    source: Annotated[
        Origin, typer.Option("--from", help="Read from the databases, or from Kafka alone.")
    ] = Origin.postgres,
) -> None:
    """Rebuild every read model from the log, and compare it with the live one.

    Examples: `punctual replay --verify`, `punctual replay intake --from kafka`, `punctual replay --ticket <id>`
    """
    console = Console()
    services = _services(service)
    until = at.astimezone() if at else None
    if ticket:
        asyncio.run(timeline(console, [(one, _dsn(one.name)) for one in services], ticket, until))
        return
    kafka = (os.environ.get("PUNCTUAL_KAFKA", ""), os.environ.get("PUNCTUAL_TOPIC_PREFIX", ""))
    table = Table("service", "events", "rows rebuilt", "differences")
    every: list[Verified] = []
    for one in services:
        with console.status(f"replaying {one.name} ..."):
            found = asyncio.run(verify(one, _dsn(one.name), source=source.value, kafka=kafka, until=until))
        every.append(found)
        table.add_row(one.name, f"{found.rebuilt.events:,}", f"{found.rows:,}", _verdict(found, until))
    console.print(table)
    wrong = [difference for found in every for difference in found.differences]
    for difference in wrong[:20]:
        console.print(f"  {difference}", highlight=False, markup=False)
    if len(wrong) > 20:
        console.print(f"  and {len(wrong) - 20} more")
    if wrong and check:
        raise typer.Exit(1)


def _verdict(found: Verified, until: Any) -> str:
    if until:
        return "not compared: as of an instant"
    return str(len(found.differences)) if found.differences else "none"


def _services(name: str) -> list[Service]:
    published = {point.name: point for point in entry_points(group="punctual.services")}
    if name != "all" and name not in published:
        raise typer.BadParameter(f"there is no service {name!r}; there are: {', '.join(sorted(published))}, all")
    return [point.load() for key, point in published.items() if name in ("all", key)]


def _dsn(service: str) -> str:
    setting = prefix_of(service) + "DATABASE_URL"
    if not (dsn := os.environ.get(setting)):
        raise StackUnavailable(f"No desk runs here and {setting} is not set: `punctual up` first, or set it.")
    return dsn


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(replay)
