"""A service as a process: asked to stop, killed, or broken, it loses nothing and says why it ended."""

import asyncio
import secrets
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET
from tests.integration.intake.conftest import TICKET
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from contracts.names import SHARDS
from contracts.roles import Role
from kit.http.auth import Caller, issue


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving("intake", stack, database, intake_prefix, tmp_path) as one:
        yield one


def bearer(role: Role, account: UUID | None = None) -> dict[str, str]:
    email = "ann@customer.example" if account else None
    return {"Authorization": "Bearer " + issue(SECRET, Caller(f"a-{role}", role, account, email), now=time.time())}


async def account(intake: Serving) -> UUID:
    body = {"name": "A customer", "tier": "patrol", "domains": [f"{secrets.token_hex(4)}.example"]}
    async with httpx2.AsyncClient(base_url=intake.url, timeout=20) as client:
        answer = await client.post("/v1/accounts", json=body, headers=bearer("admin"))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["account_id"])


@asynccontextmanager
async def load(intake: Serving, customer: UUID, lanes: int) -> AsyncIterator[set[str]]:
    """Clients that open tickets, one after another, while the block lasts; the ids that were answered with 201."""
    given: set[str] = set()
    stop = asyncio.Event()

    async def lane(client: httpx2.AsyncClient) -> None:
        while not stop.is_set():
            try:
                answer = await client.post("/v1/tickets", json=TICKET, headers={"Idempotency-Key": str(uuid4())})
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
                continue
            assert answer.status_code in (201, 503), answer.text
            if answer.status_code == 201:
                given.add(answer.json()["ticket_id"])

    async with (
        httpx2.AsyncClient(base_url=intake.url, timeout=20, headers=bearer("requester", customer)) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(lanes):
            group.create_task(lane(client))
        yield given
        stop.set()


async def more(given: set[str], count: int) -> None:
    """Wait until so many more were opened."""
    enough = len(given) + count
    async with asyncio.timeout(30):
        while len(given) < enough:  # noqa: ASYNC110 - the clients fill it
            await asyncio.sleep(0.02)


async def opened(intake: Serving) -> set[str]:
    """The tickets in the log."""
    connection = await asyncpg.connect(intake.dsns.app)
    try:
        rows = await connection.fetch("SELECT stream_id FROM events WHERE type = 'ticket.opened'")
    finally:
        await connection.close()
    return {row[0].removeprefix("ticket-") for row in rows}


async def test_asked_to_stop_under_load_it_ends_in_time_with_all_it_promised(intake: Serving) -> None:
    await intake.start()
    await intake.ready()
    async with load(intake, await account(intake), 16) as given:
        await more(given, 50)
        intake.signal(signal.SIGTERM)
        begun = time.monotonic()
        assert await intake.ended() == 0
        assert time.monotonic() - begun < 10
    assert given <= await opened(intake)
    assert "Traceback" not in intake.said() + intake.complained()
    assert [line["event"] for line in intake.lines() if line["level"] in ("error", "critical")] == []
    connection = await asyncpg.connect(intake.dsns.app)
    try:
        assert await connection.fetchval("SELECT count(*) FROM leases WHERE expires_at > clock_timestamp()") == 0
        assert await connection.fetchval("SELECT count(*) FROM relays") == 0
        behind = "SELECT count(*) FROM heads h JOIN relay_cursor r USING (shard) WHERE r.seq < h.seq"
        assert await connection.fetchval(behind) == 0  # nothing waits for the next start
    finally:
        await connection.close()


async def test_killed_under_load_it_has_lost_nothing_when_it_is_back(intake: Serving) -> None:
    await intake.start()
    await intake.ready()
    async with load(intake, await account(intake), 8) as given:
        await more(given, 50)
        intake.signal(signal.SIGKILL)
        assert await intake.ended() == -signal.SIGKILL
        await intake.start()
        await more(given, 20)  # before the broker has noticed that the other one is gone
    assert given <= await opened(intake)
    connection = await asyncpg.connect(intake.dsns.app)
    try:
        behind = "SELECT count(*) FROM heads h JOIN relay_cursor r USING (shard) WHERE r.seq < h.seq"
        async with asyncio.timeout(30):  # the dead one's leases have to run out first
            while await connection.fetchval(behind):  # noqa: ASYNC110 - it is a row in a database
                await asyncio.sleep(0.1)
        assert await connection.fetchval("SELECT count(*) FROM leases WHERE epoch > 1") == SHARDS
    finally:
        await connection.close()


async def test_a_database_that_hangs_up_is_no_reason_to_end(intake: Serving, stack: Addresses) -> None:
    await intake.start()
    await intake.ready()
    name = intake.dsns.app.rpartition("/")[2]
    admin = await asyncpg.connect(stack.postgres_superuser_dsn)
    try:
        async with load(intake, await account(intake), 4) as given:
            for _ in range(30):
                await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
                await asyncio.sleep(0.2)
            await more(given, 20)
    finally:
        await admin.close()
    assert given <= await opened(intake)
    assert intake.process
    assert intake.process.returncode is None


async def test_a_port_that_is_taken_ends_it_by_name(intake: Serving) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", intake.port)
    async with server:
        await intake.start()
        assert await intake.ended(60) == 1
    (line,) = intake.lines("stopped")
    assert f"intake can't listen on 127.0.0.1, port {intake.port}" in line["errors"][0]
    assert "Traceback" not in intake.said() + intake.complained()


async def test_a_consumer_that_gives_itself_up_ends_the_process(intake: Serving) -> None:
    await intake.start(role="stuck")
    assert await intake.ended(60) == 1
    (line,) = intake.lines("stopped")
    assert line["errors"] == ["Stuck: no progress"]
    assert "Traceback" not in intake.said() + intake.complained()


async def test_a_part_that_ends_by_itself_ends_the_process(intake: Serving) -> None:
    await intake.start(role="leaves")
    assert await intake.ended(60) == 1
    (line,) = intake.lines("stopped")
    assert line["errors"][0].startswith("PartEnded: a part of intake ended by itself")


async def test_a_defect_ends_the_process_with_its_trace_in_one_line(intake: Serving) -> None:
    await intake.start(role="defect")
    assert await intake.ended(60) == 1
    (line,) = intake.lines("stopped")
    assert line["errors"] == ["ZeroDivisionError: division by zero"]
    assert "Traceback" in line["exception"]


async def test_another_clock_than_the_data_s_is_refused(intake: Serving) -> None:
    await intake.start()
    await intake.ready()
    intake.signal(signal.SIGTERM)
    assert await intake.ended() == 0
    clock = {
        "PUNCTUAL_CLOCK_SPEED": "60",
        "PUNCTUAL_CLOCK_EPOCH": "2016-03-01T08:00:00Z",
        "PUNCTUAL_CLOCK_SINCE": "2026-11-23T12:00:00Z",
    }
    await intake.start(**clock)
    assert await intake.ended() == 2
    assert intake.complained().startswith("The data of intake were recorded by a clock of speed 1.0")
    assert "Traceback" not in intake.said() + intake.complained()


async def test_an_address_of_the_database_that_is_none_is_refused(intake: Serving) -> None:
    await intake.start(PUNCTUAL_INTAKE_DATABASE_URL=intake.dsns.app.rpartition(":")[0] + ":notaport/intake")
    assert await intake.ended() == 2
    assert intake.complained().startswith("PUNCTUAL_INTAKE_DATABASE_URL is wrong: ")
    assert "Traceback" not in intake.said() + intake.complained()


async def test_the_database_of_another_service_is_refused(
    intake: Serving, stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path
) -> None:
    """It would relay that one's events as its own."""
    await intake.start()
    await intake.ready()
    async with serving("escalation", stack, database, intake_prefix, tmp_path) as other:
        await other.start(PUNCTUAL_ESCALATION_DATABASE_URL=intake.dsns.app)
        assert await other.ended() == 2
        assert other.complained() == (
            "PUNCTUAL_ESCALATION_DATABASE_URL is wrong: this is the database of intake; name that of escalation\n"
        )


WRONG_POLICY = """
calendars:
  office:
    zone: Mars/Olympus
tiers: 17
"""


async def test_a_policy_that_does_not_load_stops_the_first_start_and_none_after_it(
    stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG_POLICY)
    file = {"PUNCTUAL_SLA_TIMER_POLICY_FILE": str(wrong)}
    async with serving("sla-timer", stack, database, prefix, tmp_path) as timer:
        await timer.start(**file)
        assert await timer.ended(60) == 2
        problems = timer.complained().splitlines()
        assert problems[0].startswith("PUNCTUAL_SLA_TIMER_POLICY_FILE: wrong.yaml, line ")
        assert len(problems) > 1
        assert "Traceback" not in timer.said() + timer.complained()
        assert await policies(timer) == 0

        await timer.start()  # with the shipped one
        await timer.ready()
        timer.signal(signal.SIGTERM)
        assert await timer.ended() == 0
        assert await policies(timer) == 1

        await timer.start(**file)
        await timer.ready()
        (line,) = timer.lines("policy refused; the last one stays in force")
        assert line["level"] == "error"
        assert "wrong.yaml, line " in line["error"]
        assert await policies(timer) == 1


async def policies(timer: Serving) -> int:
    connection = await asyncpg.connect(timer.dsns.app)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM policies"))
    finally:
        await connection.close()
