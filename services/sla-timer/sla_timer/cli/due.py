"""due: when an answer is owed, under the shipped policy or another."""

from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, cast, get_args

import msgspec
import typer

from contracts.rfc3339 import read_instant, write_instant
from contracts.sla import ClockStarted
from contracts.tickets import Severity
from contracts.tickets import Tier as TierName
from sla_timer.cli.deadlines import answer_due, as_json
from sla_timer.cli.lines import answer_all, stdin
from sla_timer.cli.policies import in_force, load
from sla_timer.policy.refusals import UnknownCalendar
from sla_timer.policy.versions import Policies
from sla_timer.policy.wording import duration
from sla_timer.what_if.deadlines import NO_SLA, promised

Tier = Enum("Tier", {tier: tier for tier in get_args(TierName)})  # type: ignore[misc]
STDIN = Path("-")


def due(
    severity: Annotated[int | None, typer.Option(min=1, max=4, help="1 to 4.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="The account's licence tier.")] = None,
    at: Annotated[str | None, typer.Option(metavar="INSTANT", help="Received then, with all information.")] = None,
    calendar: Annotated[str | None, typer.Option(help="A calendar agreed with the account.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Another policy file than the shipped one.")] = None,
    requests: Annotated[
        Path | None, typer.Option("--input", help="Many at once: a file of JSON lines, or - for stdin.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say when the clock starts, when it warns and when an answer is due; or why nothing is.

    Examples: `punctual due --severity 1 --tier enlist --at 2026-07-13T13:30:00Z`,
    `echo '{"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z"}' | punctual due --input -`
    """
    if requests is not None:
        if not (severity is None and tier is None and at is None and calendar is None):
            raise typer.BadParameter("with --input each line says its severity, tier, at and calendar")
        _many(requests, in_force(load(policy)))
        return
    if severity is None or tier is None or at is None:
        raise typer.BadParameter("say --severity, --tier and --at; or --input, for many")
    started = _one(in_force(load(policy)), cast(Severity, severity), tier.value, at, calendar)
    typer.echo(msgspec.json.encode(as_json(started)) if json else _told(started))


def _one(policies: Policies, severity: Severity, tier: TierName, at: str, calendar: str | None) -> ClockStarted:
    try:
        return promised(policies, severity, tier, read_instant(at), calendar)
    except UnknownCalendar as refused:
        raise typer.BadParameter(refused.detail) from refused
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"--at: {error}; write an instant such as 2026-07-13T13:30:00Z") from error


def _many(requests: Path, policies: Policies) -> None:
    answer = partial(answer_due, policies=policies)
    if requests == STDIN:
        answer_all(stdin(), answer)
    else:
        try:
            source = requests.open("rb")
        except OSError as error:
            raise typer.BadParameter(f"{requests} can't be read: {error.strerror}") from error
        with source:
            answer_all(source, answer)


def _told(started: ClockStarted) -> str:
    """For people."""
    at_once = started.started_at == started.received_at
    counted = "elapsed" if started.metric == "objective" else "of support hours"
    rows = [
        ("received", started.received_at, "with all required information"),
        ("start", started.started_at, "at once" if at_once else f"when the calendar {started.calendar} opens next"),
        *(("warning", one.at, f"at {one.percent} %") for one in started.warnings),
        (
            "objective" if started.metric == "objective" else "due",
            started.due_at,
            f"{duration(started.target)} {counted}",
        ),
    ]
    lines = [f"{name:10}{write_instant(at)}  {why}" for name, at, why in rows]
    if started.metric == "objective":
        lines.append(f"Nothing is due: {NO_SLA.format(started.severity)}.")
    if started.known_until:
        lines.append(f"The calendar {started.calendar} is known only until {started.known_until}: this may change.")
    lines.append(f"By policy {started.versions.policy}, time zones of {started.versions.tzdata}.")
    return "\n".join(lines)
