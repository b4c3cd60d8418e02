"""History recorded in a running desk: the tickets are there, and nobody hears of it."""

import asyncio
from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually, free_port
from tests.stack import Addresses
from tests.unit.punctual.incidents import SAO_PAULO, incident, lived, text
from typer.testing import CliRunner

from contracts.tickets import AccountRegistered
from punctual.commands import imports
from punctual.local.errors import StackUnavailable
from punctual.replay.verify import verify
from punctual.servicenow import record
from punctual.servicenow.rows import Incident

pytestmark = pytest.mark.stack

TUESDAY, FRIDAY = "1/3/2016 09:00", "4/3/2016 16:00"
STATES = ("Active", "Awaiting User Info", "Awaiting Vendor", "Resolved", "Active", "Resolved")


def _life(n: int) -> Incident:
    """Some answered late, some asked for information first, some reopened, in a few places."""
    changes = [(f"{3 + n % 20}/3/2016 1{place}:00", state) for place, state in enumerate(STATES[n % 3 :])]
    last = f"{6 + n % 20}/4/2016 12:00"
    return lived(f"INC{n:07}", TUESDAY, last, "true", *changes, location=f"Location {n % 4}", caller_id=f"Caller {n}")


LOG = [
    *(_life(n) for n in range(40)),
    # Overdue for ten years, and never answered: of all, these would be breached, called about and surveyed.
    incident({"priority": "1 - Critical"}, number="INC0000040"),
    incident({"priority": "2 - High"}, {"priority": "4 - Low", "sys_updated_at": FRIDAY}, number="INC0000041"),
]
FACTS = list(record.all_facts(LOG, SAO_PAULO))


@pytest.fixture(scope="module")
async def running(stack: Addresses, session_database: Factory, module_prefix: str) -> AsyncIterator[TestDesk]:
    with pytest.MonkeyPatch.context() as patch:
        nobody = f"smtp://127.0.0.1:{free_port()}"
        async with desk(stack, session_database, module_prefix, patch, NOTIFIER_SMTP_URL=nobody) as made:
            yield made


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("log") / "log.csv"
    found.write_text(text(LOG))
    return found


async def imported(file: Path, *more: str) -> Any:
    return await asyncio.to_thread(CliRunner().invoke, imports.group, ["servicenow", str(file), "--record", *more])


async def asked(made: TestDesk, service: str, sql: str) -> Any:
    connection = await asyncpg.connect(made.dsns[service].owner)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def heard(made: TestDesk) -> bool:
    """Whether every service that listens to intake has come to the end of its log."""
    recorded = await asked(made, "intake", "SELECT sum(seq) FROM heads")
    by = [
        await asked(made, each, "SELECT sum(seq) FROM consumer_cursor WHERE source = 'punctual.tickets.v1'")
        for each in made.dsns
    ]
    return all(one == recorded for one in by)


async def test_killed_half_way_it_goes_on_and_twice_it_adds_nothing(
    running: TestDesk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "FACTS_AT_ONCE", 50)
    true = record._performed
    batches = 0

    async def dies(*arguments: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == 4:
            raise KeyboardInterrupt
        return await true(*arguments)

    monkeypatch.setattr(record, "_performed", dies)
    assert (await imported(file)).exit_code != 0
    first = sum(map(len, [*record.batches(FACTS)][:3]))
    assert await asked(running, "intake", "SELECT count(*) FROM events") == first
    monkeypatch.setattr(record, "_performed", true)
    answer = await imported(file)
    assert f"{len(FACTS) - first:,} facts recorded; {first} had been before" in answer.stdout, answer.output
    answer = await imported(file, "--report")
    assert f"0 facts recorded; {len(FACTS):,} had been before" in answer.stdout
    assert f"{len(LOG)} incidents" in answer.stdout
    assert await asked(running, "intake", "SELECT count(*) FROM events") == len(FACTS)


async def test_the_tickets_are_there_each_at_its_own_instants(running: TestDesk, file: Path) -> None:
    await imported(file)
    engineer = running.client("intake")
    told = (await engineer.get("/v1/tickets/INC0000000")).json()
    assert (told["status"], told["opened_at"]) == ("closed", "2016-03-01T12:00:00.000000Z")
    events = (await engineer.get("/v1/tickets/INC0000000/events")).json()["events"]
    assert events[0]["occurred_at"].startswith("2016-03-01T12:00:00")
    assert events[0]["recorded_at"] > "2026"
    backwards = """
        SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (PARTITION BY shard ORDER BY shard_seq) AS b
                              FROM events) AS e WHERE b
    """
    assert await asked(running, "intake", backwards) == 0


async def test_no_mail_no_timer_no_escalation_no_survey_comes_of_it(running: TestDesk, file: Path) -> None:
    await imported(file)
    await eventually(lambda: heard(running), 60)
    assert await asked(running, "notifier", "SELECT count(*) FROM events") == 0
    assert await asked(running, "notifier", "SELECT count(*) FROM notifications") == 0
    assert await asked(running, "escalation", "SELECT count(*) FROM events") == 0
    assert await asked(running, "feedback", "SELECT count(*) FROM events") == 0
    for service in running.dsns:
        assert await asked(running, service, "SELECT count(*) FROM timers") == 0, service
        assert await asked(running, service, "SELECT count(*) FROM parked") == 0, service
    # The policy is all that sla-timer has ever said.
    assert await asked(running, "sla-timer", "SELECT count(*) FROM events WHERE type <> 'policy.published'") == 0


async def test_what_is_done_live_to_such_a_ticket_wakes_no_clock_and_writes_to_nobody(
    running: TestDesk, file: Path
) -> None:
    await imported(file)
    engineer = running.client("intake")
    body = {"states": "plan", "body": "Ten years late."}
    assert (await engineer.post("/v1/tickets/INC0000040/response", json=body)).status_code == 200
    changed = {"severity": 3, "reason": "It works by now."}
    assert (await engineer.post("/v1/tickets/INC0000040/severity", json=changed)).status_code == 200
    await eventually(lambda: heard(running), 60)
    assert await asked(running, "notifier", "SELECT count(*) FROM events") == 0
    assert await asked(running, "sla-timer", "SELECT count(*) FROM clocks") == 0


async def test_replay_says_the_same(running: TestDesk, file: Path) -> None:
    await imported(file)
    await eventually(lambda: heard(running), 60)
    for point in entry_points(group="punctual.services"):
        found = await verify(point.load(), running.dsns[point.name].app)
        assert (point.name, found.differences) == (point.name, [])
        assert point.name != "intake" or found.rows >= len(LOG)


async def test_another_desk_s_log_with_the_same_numbers_is_not_mixed_in(running: TestDesk, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(text([lived("INC0000000", TUESDAY, FRIDAY, "true", category="Category 99", location="New")]))
    before = await asked(running, "intake", "SELECT count(*) FROM events")
    with pytest.raises(StackUnavailable, match="INC0000000/opened: it was brought in before"):
        raise (await imported(other)).exception
    assert await asked(running, "intake", "SELECT count(*) FROM events") == before  # no account without a ticket
    other.write_text(text(LOG).replace("/2016 ", "/2020 "))
    with pytest.raises(StackUnavailable, match="it was brought in before, and was another then"):
        raise (await imported(other)).exception
    assert await asked(running, "intake", "SELECT count(*) FROM events") == before


def test_an_account_is_recorded_with_its_first_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(1, 30):
        monkeypatch.setattr(record, "FACTS_AT_ONCE", size)
        made = list(record.batches(FACTS))
        assert [one for batch in made for one in batch] == FACTS
        assert all(size <= len(batch) <= size + 1 for batch in made[:-1])
        assert not any(isinstance(batch[-1].event, AccountRegistered) for batch in made)
