"""replay: the read models, from the log alone."""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Annotated
from uuid import UUID

import typer

from contracts.rfc3339 import EXAMPLE, read_instant
from kit import terminal
from kit.process.service import Service
from kit.process.settings import prefix_of
from kit.replay.replay import uncollected
from punctual.local.errors import StackUnavailable
from punctual.replay import show
from punctual.replay.fresh import ADMIN
from punctual.replay.kafka import Broker, ChainBroken, TopicEndsEarly
from punctual.replay.timeline import Logs, states, timeline
from punctual.replay.verify import Tell, Verified, verify

_NUMBER = re.compile(r"P-\d+|[A-Z]{2,8}\d{1,18}", re.IGNORECASE)


class Origin(StrEnum):
    """Where the log is read."""

    postgres = "postgres"
    kafka = "kafka"


def _instant(text: str) -> datetime:
    try:
        return read_instant(text).astimezone(UTC)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; write an instant such as {EXAMPLE}") from error


def _ticket(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return text.upper()
    try:
        return str(UUID(text))
    except ValueError as error:
        raise typer.BadParameter("neither a ticket's number, such as P-1042, nor its id") from error


def replay(
    service: Annotated[str, typer.Argument(help="A service, or `all`.")] = "all",
    check: Annotated[bool, typer.Option("--verify", help="Exit 1 unless every row equals the live one.")] = False,
    ticket: Annotated[
        str | None,
        typer.Option(parser=_ticket, metavar="TICKET", help="Show a ticket's events in all services (P-1042, or id)."),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=_instant, metavar="INSTANT", help=f"As of then, such as {EXAMPLE}."),
    ] = None,
    source: Annotated[
        Origin, typer.Option("--from", help="Read the log from the databases, or from Kafka alone.")
    ] = Origin.postgres,
    database: Annotated[
        bool, typer.Option(help="--no-database: read Kafka to its present end, and compare with nothing.")
    ] = True,
    in_memory: Annotated[bool, typer.Option("--in-memory", help="Compare without writing a database.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the rebuilt database, and say where it is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Rebuild every read model from the log into a new database, and compare it with the live one.

    Examples: `punctual replay --verify`, `punctual replay intake --from kafka --in-memory`,
    `punctual replay --ticket P-1042`, `punctual replay --at 2026-03-01T12:00:00Z --keep`
    """
    services = _services(service)
    if not database and (source is not Origin.kafka or check):
        raise typer.BadParameter("--no-database needs --from kafka, and leaves nothing to --verify")
    if at and check:
        raise typer.BadParameter("what was then can't be compared with what is now: --at goes without --verify")
    if keep and in_memory:
        raise typer.BadParameter("--in-memory writes no database that --keep could leave")
    broker = _broker() if source is Origin.kafka else None
    try:
        if ticket:
            asyncio.run(_story(services, broker, ticket, at, as_json))
            return
        admin = None if in_memory or not (keep or (database and at is None)) else _admin()
        found = asyncio.run(_rebuild(services, broker, at, admin, database=database, keep=keep))
    except (TopicEndsEarly, ChainBroken) as error:
        raise StackUnavailable(str(error)) from error
    show.print_json(show.as_json(found)) if as_json else show.show(terminal.console(), found)
    if check and any(one.differences for one in found):
        raise typer.Exit(1)


async def _rebuild(
    services: list[Service],
    broker: Broker | None,
    at: datetime | None,
    admin: str | None,
    *,
    database: bool,
    keep: bool,
) -> list[Verified]:
    every: list[Verified] = []
    dsns = {one.name: _dsn(one.name) if database else None for one in services}
    for one in services:
        with _progress(one.name) as tell, uncollected():
            found = await verify(
                one,
                dsns[one.name],
                source="kafka" if broker else "postgres",
                kafka=(broker.servers, broker.prefix) if broker else None,
                until=at,
                admin=admin,
                keep=keep,
                tell=tell,
            )
        every.append(found)
    return every


async def _story(
    services: list[Service], broker: Broker | None, ticket: str, at: datetime | None, as_json: bool
) -> None:
    asked = services if broker else _services("all")
    logs = Logs({} if broker else {one.name: _dsn(one.name) for one in asked}, broker)
    known = await logs.numbered(asked, ticket) if _NUMBER.fullmatch(ticket) else UUID(ticket)
    facts = await timeline(logs, services, known, at) if known else []
    if not facts:
        raise StackUnavailable(f"No event is about {ticket}{f' before {at}' if at else ''}.")
    then = states(services, facts) if at else None
    if as_json:
        show.print_json(show.timeline_as_json(facts, then))
        return
    console = terminal.console()
    show.show_timeline(console, {one.topic: one.name for one in services}, facts)
    if then is not None:
        show.show_states(console, then)


@contextmanager
def _progress(name: str) -> Iterator[Tell]:
    """How far it is, on stderr, while it lasts."""
    with terminal.progress() as progress:
        task = progress.add_task(f"replaying {name}", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _services(name: str) -> list[Service]:
    published = {point.name: point for point in entry_points(group="punctual.services")}
    if name != "all" and name not in published:
        raise typer.BadParameter(f"there is no service {name!r}; there are: {', '.join(sorted(published))}, all")
    return [point.load() for key, point in published.items() if name in ("all", key)]


def _broker() -> Broker:
    return Broker(_setting("PUNCTUAL_KAFKA"), os.environ.get("PUNCTUAL_TOPIC_PREFIX", ""))


def _dsn(service: str) -> str:
    return _setting(prefix_of(service) + "DATABASE_URL")


def _admin() -> str:
    return _setting(ADMIN, "the address of a role that may create databases; or compare --in-memory, without one.")


def _setting(name: str, what: str = "`punctual up` first, or set it.") -> str:
    if not (value := os.environ.get(name)):
        raise StackUnavailable(f"No desk runs here and {name} is not set: {what}")
    return value


def register(app: typer.Typer) -> None:
    """Add it."""
    app.command()(replay)
