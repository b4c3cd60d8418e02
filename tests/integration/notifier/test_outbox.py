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
from notifier.domain.next_instant import Known
from notifier.queries import HOLD
from notifier.senders import outbox as rooms
from notifier.senders.outbox import Outbox, OutboxMail, backoff

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


async def test_after_a_restore_whoever_has_a_mail_in_hand_keeps_it(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "LEASE", timedelta(seconds=0.6))
    await put(store, row(1), row(2))
    holder, other = Outbox(store), Outbox(store)
    assert await holder.take()
    # The database is the one from before that, and is told that somebody may have mails in hand.
    key = {"notification_id": UUID(int=1)}
    await put(store, Put("notifications", key, {"leased_by": None, "leased_until": None, "attempts": 0}))
    await store.query(HOLD, timedelta(seconds=0.6), None)
    assert await drained(other) == []
    keeping = asyncio.create_task(holder.keep())
    await asyncio.sleep(0.9)
    assert await drained(other) == [2]
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
    await outbox.give_back(again, timedelta(seconds=0.3))
    assert await outbox.take() is None
    await asyncio.sleep(0.4)
    later = await outbox.take()
    assert later
    assert later.attempts == 1


async def test_what_left_in_terms_is_known_to_be_so_unless_the_server_surely_has_it_not(store: PostgresStore) -> None:
    await put(store, row(1))
    outbox = Outbox(store)

    async def offered(*, deferred: str | None) -> bool:
        """Offer it in terms; whether that is remembered at the next try, which is given back."""
        mail = await outbox.take()
        assert mail
        await outbox.leave_in_terms(mail)
        if deferred:
            await outbox.defer(mail, deferred)
            await put(store, Put("notifications", {"notification_id": UUID(int=1)}, {"next_try_at": None}))
        else:
            await outbox.give_back(mail)
        again = await outbox.take()
        assert again
        await outbox.give_back(again)
        return again.in_terms

    assert not await offered(deferred="451 4.7.1")
    assert not await offered(deferred=None)
    assert await offered(deferred="unknown")
    assert await offered(deferred="451 4.7.1")  # that it was not taken now says nothing of the time before
    assert await offered(deferred=None)


async def test_whoever_takes_over_from_the_dead_knows_what_may_have_left_in_terms(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "LEASE", timedelta())
    await put(store, row(1))
    dead = await Outbox(store).take()
    assert dead
    await Outbox(store).leave_in_terms(dead)
    alive = await Outbox(store).take()
    assert alive
    assert alive.in_terms


async def test_what_a_mail_waits_for_is_found_by_its_cause(store: PostgresStore) -> None:
    await put(store, row(1))
    mail, call, receipt, other = await Outbox(store).take(), uuid4(), uuid4(), uuid4()
    assert mail
    keys = [{"ticket_id": mail.ticket_id, "set_by": cause} for cause in (call, receipt)]
    async with store.transaction() as tx:
        await tx.put([Put("next_calls", keys[0], {"escalations": "{}", "next_at": NOW})])
        says = '{"promise": "unowed"}'
        await tx.put([Put("next_calls", keys[1], {"sla": "{}", "next_at": None, "says": says})])
    assert await Outbox(store).known(mail, call) == Known(NOW)
    assert await Outbox(store).known(mail, receipt) == Known(None, {"promise": "unowed"})
    assert await Outbox(store).known(mail, other) is None


def reply(seq: int, minutes: int) -> OutboxMail:
    return OutboxMail(UUID(int=seq), uuid4(), "ticket-received", "replied", ANN, NOW + timedelta(minutes=minutes), 1)


async def admitted(store: PostgresStore, *replies: OutboxMail) -> list[int]:
    """Which of them may be sent, asked one after the other."""
    return [one.notification_id.int for one in replies if await Outbox(store).admit(one, lambda replied: replied < 3)]


async def test_so_many_replies_an_hour_go_to_one_person_and_the_suppressed_are_not_counted(
    store: PostgresStore,
) -> None:
    minutes = [0, 5, 10, 55, 60, 62, 66]
    rows = [row(seq, subject=ANN, minutes=at) for seq, at in enumerate(minutes, 1)]
    await put(store, *rows, row(9, subject=ANN, minutes=8, status="suppressed"), row(10, minutes=9, status="sent"))
    replies = [reply(seq, at) for seq, at in enumerate(minutes, 1)]
    assert await admitted(store, *replies) == [1, 2, 3, 5, 7]
    # Those that may go may also go at the next try.
    assert await admitted(store, *replies) == [1, 2, 3, 5, 7]


async def test_in_whatever_order_replies_are_heard_of_no_hour_has_too_many(store: PostgresStore) -> None:
    """Their times are equal, as after a floor was settled, or come from shards whose clocks differ a little."""
    await put(store, *(row(seq, subject=ANN, minutes=5) for seq in (7, 8, 9)))
    assert await admitted(store, *(reply(seq, 5) for seq in (7, 8, 9))) == [7, 8, 9]
    await put(store, row(1, subject=ANN, minutes=5), row(2, subject=ANN, minutes=0))
    assert await admitted(store, reply(1, 5), reply(2, 0)) == []


async def test_of_replies_that_are_asked_about_at_once_no_more_go_than_may(store: PostgresStore) -> None:
    await put(store, *(row(seq, subject=ANN) for seq in range(1, 21)))
    found = await asyncio.gather(*(admitted(store, reply(seq, 0)) for seq in range(1, 21)))
    assert len([*chain(*found)]) == 3


async def test_what_was_sent_before_a_restore_counts_and_what_was_failed_too(store: PostgresStore) -> None:
    statuses = ["sent", "failed", "sent"]
    await put(store, *(row(seq, subject=ANN, status=status) for seq, status in enumerate(statuses, 1)))
    await put(store, row(4, subject=ANN))
    assert await admitted(store, reply(4, 0)) == []


def test_the_pause_between_tries_doubles_up_to_an_hour() -> None:
    assert timedelta(seconds=1.6) <= backoff(1) <= timedelta(seconds=2.4)
    assert timedelta(minutes=48) <= backoff(20) <= timedelta(minutes=72)


def reminder(seq: int, **values: Any) -> Put:
    made = row(seq, "ann/survey-reminder", minutes=seq)
    return Put(made.table, made.key, made.values | {"template": "survey-reminder"} | values)


async def test_of_those_with_the_same_number_in_two_shards_only_one_is_taken(store: PostgresStore) -> None:
    await put(store, *(reminder(n, shard_seq=7) for n in (1, 2, 3)))
    assert await drained(Outbox(store)) == [1]


async def test_a_mail_carries_the_others_of_its_lane_and_they_are_not_sent_again(store: PostgresStore) -> None:
    await put(store, row(9, "elsewhere", minutes=90), *(reminder(n) for n in (1, 2, 3, 4)), reminder(5, status="sent"))
    outbox = Outbox(store)
    carrier = await outbox.take()
    assert carrier
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [2, 3, 4]
    await outbox.join(carrier, [UUID(int=2), UUID(int=3)])
    assert await outbox.carried_by(carrier) is None
    await put(store, reminder(1, status="sent", message_id="<1@desk>"))
    for n, by in ((2, "<1@desk>"), (3, "<1@desk>"), (4, None)):
        other = await outbox.take()
        assert other
        assert (other.notification_id.int, await outbox.carried_by(other)) == (n, by)
        await put(store, reminder(n, status="sent", message_id="<1@desk>"))


async def test_once_it_was_tried_a_mail_carries_no_more_than_it_did_then(store: PostgresStore) -> None:
    await put(store, *(reminder(n) for n in (1, 2, 3)))
    outbox = Outbox(store)
    carrier = await outbox.take()
    assert carrier
    await outbox.join(carrier, [UUID(int=2), UUID(int=3)])
    await put(store, reminder(4))
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [2, 3]
    await outbox.join(carrier, [UUID(int=3)])
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [3]
    await put(store, reminder(1, status="failed"))
    second = await outbox.take()
    assert second
    assert (second.notification_id.int, await outbox.carried_by(second)) == (2, None)
    assert [one.notification_id.int for one in await outbox.joinable(second)] == [3, 4]


async def test_whether_a_mail_was_sent_is_known(store: PostgresStore) -> None:
    await put(store, row(1, status="sent"), row(2), row(3, status="failed"))
    assert [await Outbox(store).was_sent(UUID(int=n)) for n in (1, 2, 3, 4)] == [True, False, False, False]
