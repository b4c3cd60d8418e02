"""`punctual refold`, as an operator calls it: rows of views are compared with the topics, and put right."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import typer
from tests.integration.kit.conftest import Connect, Topics
from tests.integration.kit.flow import at_work
from tests.integration.kit.letters import Letters, post
from tests.integration.kit.losing_records import lose_records
from tests.integration.kit.serving import environment
from tests.integration.kit.test_consume import come, consumer
from tests.integration.kit.test_views import VIEWS, row, totals, viewing
from tests.integration.kit.toy import Jars, ticket_in
from tests.stack import Addresses
from typer.testing import CliRunner

from contracts.names import NOTIFICATIONS, SLA, TICKETS
from kit.decider import Put
from kit.postgres import PostgresStore
from kit.process.service import Service
from punctual import wired
from punctual.commands import refold
from punctual.local.databases import Dsns
from punctual.local.errors import StackUnavailable

pytestmark = pytest.mark.stack

KEEPER = Service(
    # In the place of a service that there is, whose settings it has.
    name="notifier",
    summary="Keeps ledgers.",
    topic=NOTIFICATIONS,
    decider=Jars(),
    migrations=Path(),
    listens=(TICKETS, SLA),
    views=VIEWS,
)
ONE, OTHER = ticket_in(7), ticket_in(9)


def installed(monkeypatch: pytest.MonkeyPatch, *services: Service) -> None:
    """Make these the services that there are."""
    points = [SimpleNamespace(name=one.name, load=lambda one=one: one) for one in services]
    for module in (refold, wired):
        monkeypatch.setattr(module, "entry_points", lambda group: points)


@pytest.fixture
async def store(dsns: Dsns, connect: Connect) -> PostgresStore:
    return await connect(dsns.app)


@pytest.fixture
async def place(
    stack: Addresses, dsns: Dsns, store: PostgresStore, kafka: Topics, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Two tickets with coins on both topics, folded; the topics' prefix."""
    bus, given, taken = await kafka(TICKETS, SLA), Letters(), Letters(SLA)
    async with at_work(consumer(store, bus, viewing())):
        await post(bus, [given.coin(ticket, coin) for ticket in (ONE, OTHER) for coin in (1, 2)])
        await post(bus, [taken.coin(ticket, 5) for ticket in (ONE, OTHER)], SLA)
        await come(store, {ticket: [1, 2, 5] for ticket in (ONE, OTHER)})
    installed(monkeypatch, KEEPER)
    for name, value in environment(stack, bus.prefix, {"notifier": dsns}).items():
        monkeypatch.setenv(name, value)
    return bus.prefix


async def called(*arguments: str) -> Any:
    """The command."""
    app, runner = typer.Typer(pretty_exceptions_enable=False), CliRunner()
    refold.register(app)
    return await asyncio.to_thread(runner.invoke, app, list(arguments), env={"COLUMNS": "200"})


async def spoil(store: PostgresStore, *tickets: UUID) -> None:
    async with store.transaction() as tx:
        await tx.put([Put("ledger", {"ticket_id": ticket}, {"given": None, "balance": 99}) for ticket in tickets])


async def balances(store: PostgresStore) -> list[int]:
    return [totals(await row(store, ticket))[2] for ticket in (ONE, OTHER)]


async def test_what_is_otherwise_is_named_and_put_right(place: str, store: PostgresStore) -> None:
    await spoil(store, ONE, OTHER)
    looked = await called("all", "--check", "--shard", "7", "--shard", "9")
    assert looked.exit_code == 1
    assert f"ledger ticket_id={ONE}: " in looked.stdout
    assert "balance is 99, replay says -2" in looked.stdout
    assert "ledger of notifier: otherwise than the topics say: 2 rows; nothing was changed." in looked.stdout
    assert "ledger_pages of notifier: all rows are as the topics say." in looked.stdout
    assert await balances(store) == [99, 99]

    mended = await called("ledger", "--shard", "7")
    assert mended.exit_code == 0, mended.output
    assert "ledger of notifier: put right by what the topics say: 1 row." in mended.stdout
    assert "ledger_pages" not in mended.stdout
    assert await balances(store) == [-2, 99]

    rest = await called("notifier")
    assert "ledger of notifier: put right by what the topics say: 1 row." in rest.stdout
    assert await balances(store) == [-2, -2]
    assert (await called("all", "--check", "--shard", "7", "--shard", "9")).exit_code == 0


async def test_a_topic_that_lacks_what_was_applied_changes_nothing_and_says_how_to_mend_it(
    place: str, store: PostgresStore, stack: Addresses
) -> None:
    await spoil(store, OTHER)
    await lose_records(stack.kafka, place + TICKETS)
    answer = await called("ledger", "--shard", "9")
    assert isinstance(answer.exception, StackUnavailable)
    assert "ledger of notifier was left as it is from shard 9 on" in str(answer.exception)
    assert "2 events were applied, and 0 are to be had" in str(answer.exception)
    assert "punctual republish" in str(answer.exception)
    assert await balances(store) == [-2, 99]


async def test_a_view_that_there_is_not_is_answered_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, KEEPER)
    answer = await called("legder")
    assert answer.exit_code == 2
    assert "there are: all, ledger, ledger_pages, notifier" in answer.output
    installed(monkeypatch)
    assert "no service here keeps a view" in (await called("all")).output


def test_its_help_has_an_example() -> None:
    app: Any = typer.Typer()
    refold.register(app)
    assert "punctual refold all --check" in CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
