"""import: history brought in from elsewhere, judged by our own core, and recorded if that is asked for."""

import asyncio
import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, TextIO
from zoneinfo import ZoneInfo

import typer

from kit import terminal
from kit.store import Unavailable
from punctual.local.errors import StackUnavailable
from punctual.replay.show import print_json
from punctual.servicenow import AUTHORS
from punctual.servicenow.changes import undefined
from punctual.servicenow.compare import compared
from punctual.servicenow.facts import Happened
from punctual.servicenow.judging import Judge, judged
from punctual.servicenow.record import NotRecorded, Recording, all_facts, record
from punctual.servicenow.rows import Clock, Incident, Unreadable, incidents
from punctual.servicenow.show import as_json, ignored, show
from punctual.wired import wired

group = typer.Typer(name="import", no_args_is_help=True)

GZIP = b"\x1f\x8b"
"""With which a zipped file begins, whatever it is called."""
LOCAL = "America/Sao_Paulo"
CLOSING, RESPONSE = "servicenow", "servicenow-response"
"""The policies that sla-timer ships for it."""


@group.callback()
def _imports() -> None:
    """Bring in history from another desk.

    Example: `punctual import servicenow incident_event_log.csv.gz`
    """


@group.command()
def servicenow(
    file: Annotated[Path, typer.Argument(help="The incident log: CSV, perhaps with gzip.")],
    policy: Annotated[
        Path | None, typer.Option(help="What was promised of the closing. The shipped one fits the public log.")
    ] = None,
    response_policy: Annotated[
        Path | None, typer.Option(help="What would have been promised of the first answer.")
    ] = None,
    zone: Annotated[str, typer.Option(help="The time zone of the log, which names none.")] = LOCAL,
    recorded: Annotated[
        bool, typer.Option("--record/--dry-run", help="Record the history in the running desk; it goes on if killed.")
    ] = False,
    report: Annotated[bool, typer.Option("--report", help="With --record: report as well.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Judge a ServiceNow incident log with our own core, beside its own verdict (`made_sla`); or record it.

    What is recorded keeps its own instants: nobody is told of it, called or surveyed, and no clock runs for it.

    Examples: `punctual import servicenow incident_event_log.csv.gz`,
    `punctual import servicenow incident_event_log.csv.gz --record`
    """
    clock = _clock(zone)
    policies = {"closing": policy or CLOSING, "response": response_policy or RESPONSE}
    judges = [] if recorded and not report else [_judge(each) for each in policies.values()]
    try:
        found = _read(file)
        if recorded:
            done = _record(found, clock)
            typer.echo(f"{done.new:,} facts recorded; {done.known:,} had been before. {AUTHORS}.", err=json)
            if strange := undefined(found):
                typer.echo(ignored(strange), err=True)
        if judges:
            with _progress("judging incidents", len(found)) as told:
                comparison = compared(judged(told(found), clock, *judges), clock)
            named = {measure: str(each) for measure, each in policies.items()}
            print_json(as_json(comparison, named)) if json else show(terminal.console(), comparison, named)
    except Unreadable as error:
        typer.echo(f"{file}, {error}", err=True)
        raise typer.Exit(1) from None


def _record(found: list[Incident], clock: Clock) -> Recording:
    facts = list(all_facts(found, clock))
    with _progress("recording facts", len(facts)) as told:
        try:
            return asyncio.run(_recorded(told(facts)))
        except (NotRecorded, Unavailable) as error:
            raise StackUnavailable(f"What was recorded so far stays. {error}") from error


async def _recorded(facts: Iterable[Happened]) -> Recording:
    [point] = entry_points(group="punctual.imports", name="intake")
    async with wired("intake") as intake:
        return await record(facts, intake, point.load())


def _read(file: Path) -> list[Incident]:
    try:
        with _text(file) as lines, _progress("reading incidents", None) as told:
            return list(told(incidents(lines)))
    except (OSError, EOFError) as error:
        raise typer.BadParameter(f"{file} can't be read: {error}") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is no UTF-8: {error.reason}; export it as UTF-8") from error


def _text(file: Path) -> TextIO:
    with file.open("rb") as beginning:
        zipped = beginning.read(len(GZIP)) == GZIP
    if zipped:
        return gzip.open(file, "rt", encoding="utf-8", newline="")
    return file.open(encoding="utf-8", newline="")


def _clock(zone: str) -> Clock:
    try:
        return Clock(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise typer.BadParameter(f"unknown zone {zone!r}; write an IANA name such as {LOCAL}") from None


def _judge(policy: Path | str) -> Judge:
    [point] = entry_points(group="punctual.judges", name="sla-timer")
    judge_by: Callable[[Any, Any], Judge] = point.load()
    try:
        return judge_by(policy, datetime.now(UTC).date())
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Any]:
    """How far it is, on stderr, while it lasts: wraps an iterable."""
    with terminal.progress() as progress:
        yield lambda of: progress.track(of, total=total, description=what)


def register(app: typer.Typer) -> None:
    """Add them."""
    app.add_typer(group)
