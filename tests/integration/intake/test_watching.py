"""The Support Manager is told once an hour while mails wait, whatever processes look and die, on the real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, eventually
from tests.integration.intake.test_failed_mails_by_hand import by_hand
from tests.integration.intake.test_mailroom import EVE, Intake, registered, rows_of_mails
from tests.integration.intake.test_mailroom import intake as a_process

from contracts.command_ids import of_notice
from contracts.names import TICKETS
from contracts.tickets import WaitingMailsNoted
from intake.watching import MAILS, Watch
from kit.clock import WallClock
from kit.http.desk import Desk
from kit.log.request import CommandRequest
from kit.postgres import PostgresStore
from kit.process.gauges import Gauges
from kit.store import Unavailable


@pytest.fixture
async def real(database: Factory) -> AsyncIterator[PostgresStore]:
    made = await PostgresStore.connect((await database("intake")).app, TICKETS)
    yield made
    await made.close()


@dataclass(frozen=True)
class Later(WallClock):
    """A clock that the test puts forward."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def watch(process: Intake, store: Any, minutes: float = 0, gauges: Gauges | None = None) -> Watch:
    """A process's watch, so many minutes from now."""
    clock = Later(timedelta(minutes=minutes))
    return Watch(store=store, writer=process.writer, clock=clock, gauges={} if gauges is None else gauges)


async def noted(process: Intake, store: PostgresStore) -> list[WaitingMailsNoted]:
    """What was recorded, in order."""
    desk = Desk(store=store, core=process.core, writer=process.writer, clock=WallClock())
    rows = await store.query("SELECT ordinal FROM mail_notices ORDER BY ordinal")
    return [fact.event for row in rows for fact in await desk.facts(f"mailroom-{of_notice(row['ordinal'])}")]


async def test_while_a_mail_waits_one_notice_an_hour_is_recorded_and_none_once_all_are_seen_to(
    real: PostgresStore,
) -> None:
    async with a_process(real) as process:
        await watch(process, real).look()
        assert await noted(process, real) == [], "nothing waits"
        await process.keep(sender=EVE)
        for minutes in (0, 1, 59.9):
            await watch(process, real, minutes).look()
        assert [(one.ordinal, one.unmatched, one.failed, one.ignored) for one in await noted(process, real)] == [
            (1, 1, 0, 0)
        ]
        await process.keep(sender=EVE)
        for minutes in (60.1, 59.9):
            await watch(process, real, minutes).look()
        first, second = await noted(process, real)
        assert (second.ordinal, second.unmatched, second.since) == (2, 2, first.since)
        for row in await rows_of_mails(real):
            await by_hand(real).discard(row["key"], "An advertisement.", "a-engineer")
        await watch(process, real, 600).look()
        assert len(await noted(process, real)) == 2


async def test_of_processes_that_look_at_once_one_gives_notice(real: PostgresStore) -> None:
    async with a_process(real) as one, a_process(real) as other:
        await one.keep(sender=EVE)
        looks = [watch(process, real).look() for process in (one, other, one, other)]
        await asyncio.gather(*looks)
        assert [each.ordinal for each in await noted(one, real)] == [1]


async def test_a_process_that_died_after_its_notice_leaves_none_to_be_given_again(
    real: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the database was lost: whoever looks next finds what is recorded."""
    async with a_process(real) as process:
        await process.keep(sender=EVE)
        perform = process.writer.perform

        async def dies(request: CommandRequest) -> Any:
            await perform(request)
            raise Unavailable("the connection is lost")

        monkeypatch.setattr(process.writer, "perform", dies)
        with pytest.raises(Unavailable):
            await watch(process, real).look()
        monkeypatch.undo()
        await watch(process, real).look()
        assert [each.ordinal for each in await noted(process, real)] == [1]


@pytest.mark.parametrize(
    ("state", "reason", "waits"),
    [
        ("unmatched", "unknown-sender", True),
        ("failed", "not-yours", True),
        ("ignored", "vacation-subject", True),
        ("ignored", "challenge", True),
        ("ignored", "failure-words", True),
        ("ignored", "auto-response-suppress", True),
        ("ignored", "auto-submitted", False),
        ("ignored", "own-list", False),
        ("performed", None, False),
        ("discarded", "An advertisement.", False),
    ],
)
async def test_which_mails_wait_for_a_person(real: PostgresStore, state: str, reason: str | None, waits: bool) -> None:
    async with a_process(real) as process:
        await process.keep(sender=EVE)
        await real.query("UPDATE mails SET state = $1, reason = $2", state, reason)
        await watch(process, real).look()
        assert bool(await noted(process, real)) is waits


async def test_the_metrics_count_the_mails_by_state(real: PostgresStore) -> None:
    async with a_process(real) as process:
        await registered(process, ["customer.example"])
        gauges: Gauges = {}
        await process.keep(sender=EVE)
        await process.keep()
        await process.perform_all()
        await watch(process, real, gauges=gauges).look()
        expected = {"stored": 0, "performed": 1, "ignored": 0, "unmatched": 1, "failed": 0, "discarded": 0}
        assert (gauges[MAILS].label, gauges[MAILS].values) == ("state", expected)


async def test_a_running_intake_shows_them(intake: TestDesk) -> None:
    async def shown() -> bool:
        text = (await intake.client("intake", "admin").get("/metrics")).text
        return 'punctual_mails{service="intake",state="unmatched"}' in text

    assert await eventually(shown)
