"""explain: why a clock says what it says."""

import asyncio
from datetime import datetime
from enum import Enum
from typing import Annotated, get_args

import typer

from contracts.names import SLA
from contracts.sla import Metric as MetricName
from kit import terminal
from kit.http.problems import Trouble
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from kit.proof.console import show
from kit.proof.text import text
from kit.store import Unavailable
from sla_timer.cli.configured import configured
from sla_timer.cli.instants import from_option
from sla_timer.history import AsOf, metrics_of
from sla_timer.http.explain import PROOF
from sla_timer.http.finding import asked, causes_of, nothing_yet, place, stream_of
from sla_timer.policy.versions import Policies
from sla_timer.proof import Proof, prove
from sla_timer.proof.page import page

Metric = Enum("Metric", {metric: metric for metric in get_args(MetricName)})  # type: ignore[misc]


def explain(
    ticket: Annotated[str, typer.Argument(help="A ticket's number, such as P-1042, or its id.")],
    metric: Annotated[Metric | None, typer.Option(help="Which of its clocks; otherwise the one that counts.")] = None,
    at: Annotated[str | None, typer.Option(metavar="INSTANT", help="Only what had happened by then.")] = None,
    as_known_at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Only what had been recorded by then.")
    ] = None,
    length: Annotated[int, typer.Option("--rows", min=10, max=10_000, help="Of the table, about.")] = 60,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As a page with a picture, to be sent or printed.")] = False,
) -> None:
    """Prove what a clock says: every stretch counted or skipped and why, by which rules, because of which events.

    Times of day are those of the clock's calendar. Where evidence came late, --as-known-at shows what was believed
    then, and --at what is known now of that instant.

    Examples: `punctual explain P-1042`,
    `punctual explain P-1042 --metric response --at 2026-07-14T15:00:00Z --json`,
    `punctual explain P-1042 --html > proof.html`
    """
    if json and html:
        raise typer.BadParameter("say --json or --html, not both")
    proof = _proof(
        ticket,
        metric.value if metric else None,
        from_option(at, "--at"),
        from_option(as_known_at, "--as-known-at"),
        length,
    )
    console = terminal.console()
    if json:
        typer.echo(PROOF.dump_json(proof))
    elif html:
        typer.echo(page(proof))
    elif console.is_terminal:
        show(console, proof)
    else:
        typer.echo(text(proof), nl=False)  # a file has no width that a table should fit into


def _proof(
    ticket: str, metric: MetricName | None, at: datetime | None, as_known_at: datetime | None, length: int
) -> Proof:
    common, own = configured()
    try:
        return asyncio.run(
            _read(own.database_url, ticket, metric, asked(common.clock().now(), at, as_known_at), length)
        )
    except Unavailable as error:
        typer.echo(f"The database doesn't answer: {error}", err=True)
    except Trouble as trouble:
        problem = trouble.problem
        typer.echo(" ".join(part for part in (problem.title, problem.detail) if part), err=True)
    raise typer.Exit(1)


async def _read(url: str, ticket: str, metric: MetricName | None, as_of: AsOf, length: int) -> Proof:
    store = await PostgresStore.connect(url, SLA, size=1)
    try:
        found = await place(store, ticket)
        book = PolicyBook(Policies(), Policies.published)
        chosen = metric or found.metrics[0]
        found.has(chosen)
        async with store.transaction() as tx:
            await book.load(tx)
            stream = stream_of(found.ticket_id, chosen)
            every = (await tx.history([stream])).get(stream, [])
        facts, at, known_at = as_of.of(every)
        if chosen not in metrics_of(facts):
            raise nothing_yet()
        causes = await causes_of(store, found.ticket_id, every)
        return prove(facts, at, known_at, chosen, book.current, found.ticket_id, found.number, length, causes)
    finally:
        await store.close()
