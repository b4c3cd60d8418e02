"""What replay rebuilds is what is live, wherever it reads; and it finds what isn't."""

import secrets
from collections.abc import AsyncIterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.integration.replay.conftest import Lived

from contracts.names import TICKETS, shard_of
from kit.replay.replay import Rebuilt
from punctual.local.databases import Dsns
from punctual.local.errors import StackUnavailable
from punctual.replay.fold import fold
from punctual.replay.kafka import Broker, TopicEndsEarly, from_kafka
from punctual.replay.live import snapshot
from punctual.replay.postgres import heads
from punctual.replay.verify import verify


async def test_every_service_s_rows_are_what_its_log_says_in_a_database_of_their_own(lived: Lived, mark: str) -> None:
    told: list[tuple[int, int | None]] = []
    for name, service in lived.services.items():
        found = await verify(service, lived.desk.dsns[name].app, admin=lived.admin, tell=lambda *at: told.append(at))
        assert (name, found.differences) == (name, [])
        assert found.compared
        assert found.database is None
        if name == "intake":
            assert found.rows >= 4
            of_mails = {"mails", "mail_ids", "feedback_mails", "mail_notices"}
            assert set(found.untouched) == {"subjects", "participants"} | of_mails
    assert told
    assert all(total is not None and done <= total for done, total in told)
    assert await _replays(lived.admin, mark) == []


async def test_kafka_alone_says_the_same(lived: Lived) -> None:
    for name, service in lived.services.items():
        dsn = lived.desk.dsns[name].app
        found = await verify(service, dsn, source="kafka", kafka=lived.kafka)
        assert (name, found.differences) == (name, [])
        assert found.rebuilt.events > 0


async def test_without_a_database_kafka_is_read_to_its_present_end(lived: Lived) -> None:
    service = lived.services["intake"]
    found = await verify(service, None, source="kafka", kafka=lived.kafka)
    live = await verify(service, lived.desk.dsns["intake"].app)
    assert not found.compared
    assert found.rebuilt.tables == live.rebuilt.tables
    assert found.rebuilt.events == live.rebuilt.events


async def test_a_topic_that_ends_before_the_log_does_is_said_to(lived: Lived) -> None:
    shard = shard_of(lived.ticket)
    with pytest.raises(TopicEndsEarly, match="999999"):
        async for _ in from_kafka(Broker(*lived.kafka), TICKETS, {shard: 999_999}, shards=[shard], timeout_seconds=0.5):
            pass


async def test_states_alone_are_those_that_rows_are_made_of(lived: Lived) -> None:
    service, dsn = lived.services["intake"], lived.desk.dsns["intake"].app
    async with snapshot(dsn) as connection:
        states = await fold(connection, service.decider, await heads(connection))
    assert states == (await verify(service, dsn)).rebuilt.states


@pytest.fixture
async def corrupted(lived: Lived) -> AsyncIterator[Dsns]:
    """Intake's database, in which somebody has tampered with the closed ticket's row."""
    dsns = lived.desk.dsns["intake"]
    owner = await asyncpg.connect(dsns.owner)
    try:
        await owner.execute("UPDATE tickets SET severity = 1 WHERE ticket_id = $1", lived.ticket)
        yield dsns
        await owner.execute("UPDATE tickets SET severity = 3 WHERE ticket_id = $1", lived.ticket)
    finally:
        await owner.close()


@pytest.mark.parametrize("written", [True, False])
async def test_a_row_that_was_tampered_with_is_named(lived: Lived, corrupted: Dsns, written: bool) -> None:
    admin = lived.admin if written else None
    [found] = (await verify(lived.services["intake"], corrupted.app, admin=admin)).differences
    assert (found.table, found.key, found.columns) == ("tickets", {"ticket_id": lived.ticket}, {"severity": (1, 3)})


async def test_a_row_that_nobody_recorded_is_named(lived: Lived) -> None:
    dsns = lived.desk.dsns["intake"]
    owner = await asyncpg.connect(dsns.owner)
    try:
        row = await owner.fetchrow("DELETE FROM tickets WHERE ticket_id = $1 RETURNING *", lived.other)
        [found] = (await verify(lived.services["intake"], dsns.app)).differences
        assert row is not None
        names = ", ".join(row.keys())
        values = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await owner.execute(f"INSERT INTO tickets ({names}) VALUES ({values})", *row)
    finally:
        await owner.close()
    assert (found.live, found.key) == (None, {"ticket_id": lived.other})


async def test_as_of_an_instant_a_database_can_be_left_behind(lived: Lived, mark: str) -> None:
    at = await lived.moment_of("ticket.severity-changed")
    dsn = lived.desk.dsns["intake"].app
    found = await verify(lived.services["intake"], dsn, until=at, admin=lived.admin, keep=True)
    assert not found.compared
    assert found.database is not None
    name = urlsplit(found.database).path.removeprefix("/")
    assert urlsplit(lived.admin).password
    assert urlsplit(found.database).password is None
    assert name == f"intake_replay_{mark}"
    assert await _replays(lived.admin, mark) == [name]
    try:
        connection = await asyncpg.connect(urlsplit(lived.admin)._replace(path=f"/{name}").geturl())
        try:
            row = await connection.fetchrow("SELECT * FROM tickets WHERE ticket_id = $1", lived.ticket)
        finally:
            await connection.close()
        assert row is not None
        assert (row["severity"], row["status"], row["closed_at"]) == (2, "responded", None)
        assert row["updated_at"] < at
    finally:
        await _drop(lived.admin, name)


async def test_a_role_that_may_not_create_databases_is_told_what_to_do(lived: Lived) -> None:
    dsn = lived.desk.dsns["intake"].app
    with pytest.raises(StackUnavailable, match="--in-memory"):
        await verify(lived.services["intake"], dsn, admin=dsn)


async def test_the_new_database_is_dropped_even_if_the_comparison_fails(
    lived: Lived, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(dsn: str, rebuilt: Rebuilt) -> int:
        raise asyncpg.DiskFullError("no room")

    monkeypatch.setattr("punctual.replay.verify.write", full)
    with pytest.raises(asyncpg.DiskFullError):
        await verify(lived.services["intake"], lived.desk.dsns["intake"].app, admin=lived.admin, keep=True)
    assert await _replays(lived.admin, mark) == []


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """How the names of new databases end: other tests make some at the same time."""
    drawn = secrets.token_hex(4)
    monkeypatch.setattr("punctual.replay.fresh.secrets", SimpleNamespace(token_hex=lambda _: drawn))
    return drawn


async def _replays(admin: str, mark: str) -> list[str]:
    connection = await asyncpg.connect(admin)
    try:
        found = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE '%' || $1", mark)
    finally:
        await connection.close()
    return [row[0] for row in found]


async def _drop(admin: str, name: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f'DROP DATABASE "{name}"')
    finally:
        await connection.close()
