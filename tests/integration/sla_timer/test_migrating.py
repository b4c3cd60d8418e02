"""Another policy in force: running clocks keep theirs, until an administrator has them follow it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.teller import teller
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, opened

from contracts.names import TICKETS, shard_of
from contracts.tickets import TicketOpened
from punctual.local.databases import Dsns

pytestmark = pytest.mark.stack

NONSENSE: list[Any] = [
    {},
    {"ticket_ids": None},
    {"all": False},
    {"all": True, "ticket_ids": [str(uuid4())]},
    {"ticket_ids": []},
    {"ticket_ids": ["P-1"]},
    {"all": 1},
    {"tickets": []},
    [],
]
NEITHER = "is missing; name tickets here, or write all: true for every ticket whose clocks run"


def ticket(**other: Any) -> TicketOpened:
    return replace(opened(2, "patrol"), ticket_id=uuid4(), subject_id=uuid4(), **other)


async def clock(made: TestDesk, ticket_id: UUID) -> dict[str, Any]:
    answer = await made.client("sla-timer").get(f"/v1/tickets/{ticket_id}/clocks")
    return dict(answer.json()["items"][0]) if answer.status_code == 200 else {}


def lasts(one: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(one["due_at"]) - datetime.fromisoformat(one["started_at"])


@asynccontextmanager
async def set_aside(dsns: Dsns, ticket_id: UUID) -> AsyncIterator[None]:
    """A record of the ticket could not be handled."""
    owner = await asyncpg.connect(dsns.owner)
    values = (shard_of(ticket_id), ticket_id, TICKETS, 1, b"{}", "[]", "unreadable", datetime.now(UTC))
    columns = "shard, identity, source, seq, record, headers, reason, parked_at"
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await owner.execute(f"INSERT INTO parked ({columns}) VALUES ({places})", *values)
    yield
    await owner.execute("DELETE FROM parked WHERE identity = $1", ticket_id)
    await owner.close()


async def test_running_clocks_keep_their_policy_until_they_are_migrated(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known: dict[str, Dsns] = {}

    async def kept(name: str) -> Dsns:
        known[name] = known.get(name) or await session_database(name)
        return known[name]

    one, two, hoped = ticket(), ticket(), ticket(severity=4)
    async with (
        desk(stack, kept, prefix, monkeypatch, ["sla-timer"]) as made,
        teller(session_database, made, TICKETS) as intake,
    ):
        for event in (one, two, hoped):
            await intake.tell(event)
            await eventually(partial(clock, made, event.ticket_id))
        assert lasts(await clock(made, one.ticket_id)) == timedelta(hours=4)

    file = tmp_path / "policy.yaml"
    stricter = DEFAULT.replace("2: {within: 4h", "2: {within: 2h").replace("4: {within: 24h", "4: {within: 30h")
    file.write_text(stricter)
    async with (
        desk(stack, kept, prefix, monkeypatch, ["sla-timer"], SLA_TIMER_POLICY_FILE=str(file)) as made,
        teller(session_database, made, TICKETS) as intake,
        AsyncExitStack() as settling,
    ):
        assert lasts(await clock(made, one.ticket_id)) == timedelta(hours=4)

        refused = await made.client("sla-timer", "engineer").post("/v1/policy-migrations", json={"all": True})
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (403, "role-not-allowed")
        admin = made.client("sla-timer", "admin")
        for nonsense in NONSENSE:
            problem = await admin.post("/v1/policy-migrations", json=nonsense)
            assert problem.status_code == 422
            assert problem.json()["errors"]
        [fault] = (await admin.post("/v1/policy-migrations", json={})).json()["errors"]
        assert fault == {"field": "ticket_ids", "detail": NEITHER}
        assert lasts(await clock(made, two.ticket_id)) == timedelta(hours=4), "nothing has moved"

        key = {"Idempotency-Key": "only this one"}
        stranger = str(uuid4())
        body = {"ticket_ids": [str(one.ticket_id), str(one.ticket_id), stranger]}
        unheard = await admin.post("/v1/policy-migrations", json=body, headers=key)
        assert (unheard.status_code, unheard.headers["Retry-After"]) == (503, "10")
        assert "send the same request again" in unheard.json()["detail"]
        await settling.enter_async_context(intake.settling())
        for _ in range(2):
            done = await admin.post("/v1/policy-migrations", json=body, headers=key)
            assert done.status_code == 200, done.text
            assert (done.json()["tickets"], [each["ticket_id"] for each in done.json()["refused"]]) == (1, [stranger])
        assert done.headers["Idempotent-Replayed"] == "true"
        other = await admin.post("/v1/policy-migrations", json={"ticket_ids": [str(two.ticket_id)]}, headers=key)
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
        moved = await clock(made, one.ticket_id)
        assert lasts(moved) == timedelta(hours=2)
        assert moved["versions"]["policy"] == done.json()["policy"]
        assert lasts(await clock(made, two.ticket_id)) == timedelta(hours=4)

        async with set_aside(known["sla-timer"], two.ticket_id):
            [stays] = (await admin.post("/v1/policy-migrations", json={"ticket_ids": [str(two.ticket_id)]})).json()[
                "refused"
            ]
            assert "`punctual parked`" in stays["detail"]
        every = [
            await admin.post("/v1/policy-migrations", json={"all": True}, headers={"Idempotency-Key": "all"})
            for _ in range(2)
        ]
        assert [(done.json()["tickets"], done.json()["refused"]) for done in every] == [(2, []), (2, [])]
        assert lasts(await clock(made, two.ticket_id)) == timedelta(hours=2)
        assert lasts(await clock(made, hoped.ticket_id)) == timedelta(hours=30)
        assert (await admin.post("/v1/policy-migrations", json={"all": True})).json()["tickets"] == 0
        assert datetime.fromisoformat(moved["started_at"]) < datetime.now(UTC)
