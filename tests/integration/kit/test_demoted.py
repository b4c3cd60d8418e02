"""A database that was demoted under the pool: the sessions there take no writes, and new ones would."""

import time
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.intake.conftest import TICKET, register
from tests.integration.kit.conftest import Connect
from tests.integration.kit.demoting import demote, promote
from tests.integration.kit.going_back import administering
from tests.integration.kit.test_perform import coins, perform
from tests.integration.kit.toy import Drop, request
from tests.stack import Addresses

from kit.log.request import Done
from kit.store import ReadOnly, Unavailable
from punctual.local.databases import Dsns

SIZE = 4


async def test_every_session_that_takes_no_writes_is_let_go_at_the_first_refusal(dsns: Dsns, connect: Connect) -> None:
    store = await connect(dsns.app, size=SIZE)
    sessions = [await store.pool.acquire() for _ in range(SIZE)]
    for session in sessions:
        await session.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        await store.pool.release(session)
    ticket = uuid4()
    with pytest.raises(ReadOnly):
        await perform(store, request(Drop(ticket_id=ticket)))
    assert store.read_only
    for coin in range(SIZE + 1):
        assert isinstance((await perform(store, request(Drop(ticket_id=ticket, coin=coin + 1))))[0], Done)
    assert await coins(store, ticket) == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("state", ["57P01", "57P02", "57P03", "57P04", "25P03", "08006", "58030"])
async def test_a_session_whose_server_goes_away_is_let_go(dsns: Dsns, connect: Connect, state: str) -> None:
    store = await connect(dsns.app, size=1)
    before = await store.query("SELECT pg_backend_pid() AS pid")
    with pytest.raises(Unavailable):
        await store.query(f"DO $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '{state}'; END $$")
    assert await store.query("SELECT pg_backend_pid() AS pid") != before


async def test_a_value_that_is_refused_is_no_reason_to_let_a_session_go(dsns: Dsns, connect: Connect) -> None:
    store = await connect(dsns.app, size=1)
    before = await store.query("SELECT pg_backend_pid() AS pid")
    with pytest.raises(Exception, match="division by zero"):
        await store.query("SELECT 1 / 0")
    assert await store.query("SELECT pg_backend_pid() AS pid") == before


async def condition(made: TestDesk) -> tuple[int, str]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{made.ports['intake']}") as client:
        answer = await client.get("/readyz")
        return answer.status_code, answer.text


async def test_a_door_whose_database_was_demoted_names_it_and_opens_with_the_next_that_takes_writes(
    stack: Addresses, database: Factory, intake_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.log.writer.COMMAND_TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr("kit.process.probe.LOOK_EVERY_SECONDS", 0.5)
    async with (
        desk(stack, database, intake_prefix, monkeypatch, ["intake"]) as made,
        administering(stack.postgres_superuser_dsn, made.dsns["intake"].app) as admin,
    ):
        customer = await register(made)
        await demote(admin)

        async def refused_by_name() -> bool:  # the first may only learn that the line is dead
            refused = await customer.client.post("/v1/tickets", json=TICKET)
            assert refused.status_code == 503
            assert refused.headers["Retry-After"]
            return str(refused.json()["type"]).endswith("/database-read-only")

        await eventually(refused_by_name, 10)

        async def named() -> bool:
            status, text = await condition(made)
            return status == 503 and "takes no writes, it is read-only" in text and "broker" not in text

        await eventually(named, 10)

        await promote(admin)
        begun = time.monotonic()

        async def open_again() -> bool:
            return (await customer.client.post("/v1/tickets", json=TICKET)).status_code == 201

        await eventually(open_again, 10)
        assert time.monotonic() - begun < 5
        await eventually(lambda: _ready(made), 10)


async def _ready(made: TestDesk) -> bool:
    return (await condition(made))[0] == 200
