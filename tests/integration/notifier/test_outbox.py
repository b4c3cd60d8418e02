"""The outbox under several processes: nobody takes what another has in hand, and nothing is left behind.

The real one and the one that simulation has pass the same tests.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.conftest import Factory
from tests.simulation.equals.outbox import OUTBOX

from contracts.names import NOTIFICATIONS
from kit.decider import Put
from kit.postgres import PostgresStore
from kit.simulate.faults import CALM
from kit.simulate.store import Database, SimulatedStore
from notifier.senders import outbox as rooms
from notifier.senders.outbox import Outbox, Waiting, backoff

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANN = uuid4()


@pytest.fixture(params=["postgres", "memory"])
async def store(request: pytest.FixtureRequest, database: Factory) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield SimulatedStore(Database(NOTIFICATIONS), Random(0), lambda: CALM, OUTBOX)
        return
    made = await PostgresStore.connect((await database("notifier")).app, NOTIFICATIONS)
    yield made
    await made.close()


def row(seq: int, lane: str = "", *, subject: UUID | None = None, minutes: int = 0, status: str = "requested") -> Put:
    values = {
        "ticket_id": uuid4(),
        "template": "ticket-received",
        "automatic": "replied",
        "subject_id": subject or uuid4(),
        "status": status,
        "requested_at": NOW + timedelta(minutes=minutes),
        "lane": lane or f"lane {seq}",
        "shard_seq": seq,
    }
    return Put("notifications", {"notification_id": UUID(int=seq)}, values)


async def put(store: PostgresStore, *rows: Put) -> None:
    async with store.transaction() as tx:
        await tx.put(rows)


async def drained(outbox: Outbox) -> list[int]:
    found = []
    while waiting := await outbox.take():
        found.append(waiting.notification_id.int)
    return found


async def test_two_processes_take_each_mail_once(store: PostgresStore) -> None:
    await put(store, *(row(n) for n in range(1, 61)))
    found = await asyncio.gather(*(drained(Outbox(store)) for _ in range(4)))
    # One that meets nothing but rows which others lock at that moment gives up early here, and looks again in reality.
    assert sorted([*chain(*found), *await drained(Outbox(store))]) == list(range(1, 61))


async def test_a_lane_is_emptied_in_order_and_one_at_a_time(store: PostgresStore) -> None:
    await put(store, row(2, "a"), row(1, "a"), row(3, "b"))
    outbox = Outbox(store)
    first = await outbox.take()
    assert first
    assert first.notification_id.int == 1
    assert await drained(outbox) == [3]
    await put(store, row(1, "a", status="sent"))
    assert await drained(outbox) == [2]


async def test_what_a_dead_process_had_in_hand_comes_by_again(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "LEASE", timedelta(seconds=0.3))
    await put(store, row(1), row(2))
    dead, alive = Outbox(store), Outbox(store)
    assert await dead.take()
    kept = await alive.take()
    assert kept
    keeping = asyncio.create_task(alive.keep())
    await asyncio.sleep(0.5)
    assert await drained(Outbox(store)) == [1]
    keeping.cancel()


async def test_a_deferred_mail_waits_and_one_that_was_given_back_has_not_been_tried(store: PostgresStore) -> None:
    await put(store, row(1), row(2))
    outbox = Outbox(store)
    first, second = await outbox.take(), await outbox.take()
    assert first
    assert second
    await outbox.defer(first, "451")
    await outbox.give_back(second)
    again = await outbox.take()
    assert again == second
    assert again.attempts == 1
    assert await outbox.take() is None


async def test_replies_are_counted_over_the_hour_before_and_without_the_suppressed(store: PostgresStore) -> None:
    rows = [row(n, subject=ANN, minutes=n * 10) for n in range(1, 9)]
    await put(store, *rows, row(9, subject=ANN, minutes=75, status="suppressed"), row(10, minutes=75))
    waiting = Waiting(UUID(int=8), uuid4(), "ticket-received", "replied", ANN, NOW + timedelta(minutes=80), 1)
    assert await Outbox(store).replies_before(waiting) == 5


def test_the_pause_between_tries_doubles_up_to_an_hour() -> None:
    assert timedelta(seconds=1.6) <= backoff(1) <= timedelta(seconds=2.4)
    assert timedelta(minutes=48) <= backoff(20) <= timedelta(minutes=72)
