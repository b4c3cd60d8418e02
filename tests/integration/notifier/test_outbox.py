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
from notifier.domain.policy import DEFAULT
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


def reply(seq: int, *, held: bool = False) -> OutboxMail:
    lane = f"{ANN}/replies" if held else None
    return OutboxMail(UUID(int=seq), uuid4(), "ticket-received", "replied", ANN, NOW, 1, held_in=lane)


async def admitted(store: PostgresStore, *replies: tuple[int, int]) -> list[int]:
    """Which of these may be sent, asked one after the other at so many minutes after NOW."""
    found = []
    for seq, minutes in replies:
        if await Outbox(store).admit(reply(seq), NOW + timedelta(minutes=minutes), DEFAULT.reply_from) is None:
            found.append(seq)
    return found


async def test_so_many_replies_an_hour_go_to_one_person_and_the_suppressed_are_not_counted(
    store: PostgresStore,
) -> None:
    asked = list(enumerate([0, 5, 10, 55, 60, 62, 66], 1))
    rows = [row(seq, subject=ANN, minutes=at) for seq, at in asked]
    sent = row(10, minutes=9, status="sent")
    await put(store, *rows, row(9, subject=ANN, minutes=8, status="suppressed"), sent)
    assert await admitted(store, *asked) == [1, 2, 3, 5, 7]
    # Those that may go may also go at the next try.
    assert await admitted(store, *asked[:3], asked[4], asked[6]) == [1, 2, 3, 5, 7]
    assert await Outbox(store).admit(reply(4), NOW + timedelta(minutes=67), DEFAULT.reply_from) == NOW + timedelta(
        minutes=70
    )


async def test_in_whatever_order_replies_are_heard_of_no_hour_has_too_many(store: PostgresStore) -> None:
    """Their times are equal, or those of processes whose clocks differ a little."""
    await put(store, *(row(seq, subject=ANN) for seq in (1, 2, 7, 8, 9)))
    assert await admitted(store, (7, 5), (8, 5), (9, 5)) == [7, 8, 9]
    assert await admitted(store, (1, 5), (2, 0)) == []


async def test_of_replies_that_are_asked_about_at_once_no_more_go_than_may(store: PostgresStore) -> None:
    await put(store, *(row(seq, subject=ANN) for seq in range(1, 21)))
    found = await asyncio.gather(*(admitted(store, (seq, 0)) for seq in range(1, 21)))
    assert len([*chain(*found)]) == 3


async def test_what_was_sent_before_a_restore_counts_and_what_was_failed_too(store: PostgresStore) -> None:
    statuses = ["sent", "failed", "sent"]
    await put(store, *(row(seq, subject=ANN, status=status) for seq, status in enumerate(statuses, 1)))
    await put(store, row(4, subject=ANN))
    assert await admitted(store, (4, 0)) == []


async def test_replies_that_left_in_one_mail_count_as_one_since_it_was_sent(store: PostgresStore) -> None:
    """Though the request was earlier, and a restore has forgotten when it was admitted."""
    joined = {"message_id": "<1@desk>", "sent_at": NOW + timedelta(minutes=30)}
    for seq in (1, 2, 3):
        one = row(seq, subject=ANN, minutes=-40, status="sent")
        await put(store, Put(one.table, one.key, one.values | joined))
    await put(store, *(row(seq, subject=ANN) for seq in (4, 5, 6)))
    assert await admitted(store, (4, 31), (5, 31), (6, 31)) == [4, 5]
    assert await admitted(store, (6, 89)) == []
    assert await admitted(store, (6, 90)) == [6]


async def held(store: PostgresStore, *seqs: int) -> Outbox:
    """An outbox in which these replies to Ann are over the limit, and due again."""
    await put(store, *(row(seq, subject=ANN, minutes=seq) for seq in seqs))
    outbox = Outbox(store)
    while taken := await outbox.take():
        await outbox.hold_back(taken, timedelta(seconds=0.2))
    await asyncio.sleep(0.25)
    return outbox


async def test_a_reply_over_the_limit_waits_in_a_lane_of_its_person_and_holds_up_no_mail_of_its_ticket(
    store: PostgresStore,
) -> None:
    await put(store, row(1, "a", subject=ANN), row(2, "a"), row(3, "b", subject=ANN))
    outbox = Outbox(store)
    first = await outbox.take()
    assert first
    await outbox.hold_back(first, timedelta(seconds=0.4))
    found = [await outbox.take(), await outbox.take()]
    assert [one.notification_id.int for one in found if one] == [2, 3]
    assert found[1]
    await outbox.hold_back(found[1], timedelta(seconds=0.4))
    assert await outbox.take() is None
    await asyncio.sleep(0.5)
    carrier = await outbox.take()
    assert carrier
    assert (carrier.notification_id.int, carrier.attempts, carrier.held_in) == (1, 1, f"{ANN}/replies")
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [3]
    assert await outbox.take() is None


async def test_while_replies_are_held_back_one_that_comes_does_not_go_before_them(store: PostgresStore) -> None:
    outbox = await held(store, 1, 2)
    await put(store, row(5, subject=ANN))
    assert await outbox.admit(reply(5), NOW, DEFAULT.reply_from) == NOW
    assert await outbox.admit(reply(1, held=True), NOW, DEFAULT.reply_from) is None


async def test_the_others_wait_while_the_mail_that_carries_them_is_on_its_way(store: PostgresStore) -> None:
    outbox = await held(store, 1, 2, 3)
    carrier = await outbox.take()
    assert carrier
    await outbox.join(carrier, {UUID(int=1): "", UUID(int=2): "os", UUID(int=3): None})
    await outbox.defer(carrier, "unknown")
    assert await outbox.take() is None, "the server may have it"
    due = {"next_try_at": None}
    await put(store, Put("notifications", {"notification_id": UUID(int=1)}, due))
    again = await outbox.take()
    assert again
    assert (again.notification_id.int, again.may_have_left_joined, again.lacks) == (1, True, "")
    await put(store, row(0, subject=ANN, minutes=9), row(4, subject=ANN, minutes=9))
    for seq in (0, 4):
        late = await outbox.take()
        assert late
        assert late.notification_id.int == seq
        await outbox.hold_back(late, timedelta(seconds=0.2))
    await asyncio.sleep(0.25)
    assert [(one.notification_id.int, one.lacks) for one in await outbox.joinable(again)] == [(2, "os"), (3, None)]
    # One that comes before it in the lane carries neither it nor what it carries.
    earlier = await outbox.take()
    assert earlier
    assert earlier.notification_id.int == 0
    assert [one.notification_id.int for one in await outbox.joinable(earlier)] == [4]


async def test_what_the_server_surely_did_not_take_carries_all_that_have_come_since(store: PostgresStore) -> None:
    outbox = await held(store, 1, 2)
    carrier = await outbox.take()
    assert carrier
    await outbox.join(carrier, {UUID(int=1): None, UUID(int=2): "os"})
    await outbox.defer(carrier, "451 4.7.1")
    await put(store, Put("notifications", {"notification_id": UUID(int=1)}, {"next_try_at": None}))
    await put(store, row(3, subject=ANN, minutes=9))
    again = await outbox.take()
    assert again
    assert (again.notification_id.int, again.may_have_left_joined) == (1, False)
    late = await outbox.take()
    assert late
    await outbox.hold_back(late, timedelta(seconds=-1))
    assert [one.notification_id.int for one in await outbox.joinable(again)] == [2, 3]
    await outbox.join(again, {UUID(int=n): None for n in (1, 2, 3)})
    await put(store, Put("notifications", {"notification_id": UUID(int=1)}, {"status": "sent", "message_id": "<1@d>"}))
    for n in (2, 3):
        other = await outbox.take()
        assert other
        assert (other.notification_id.int, await outbox.carried_by(other)) == (n, "<1@d>")
        await put(store, row(n, status="sent"))


async def test_what_a_mail_carried_that_failed_goes_by_itself(store: PostgresStore) -> None:
    outbox = await held(store, 1, 2, 3)
    carrier = await outbox.take()
    assert carrier
    await outbox.join(carrier, {UUID(int=n): None for n in (1, 2, 3)})
    await put(store, Put("notifications", {"notification_id": UUID(int=1)}, {"status": "failed"}))
    second = await outbox.take()
    assert second
    assert (second.notification_id.int, await outbox.carried_by(second)) == (2, None)
    assert [one.notification_id.int for one in await outbox.joinable(second)] == [3]


async def test_what_a_ticket_lacks_is_found(store: PostgresStore) -> None:
    ticket = uuid4()
    async with store.transaction() as tx:
        await tx.put([Put("wanted_information", {"ticket_id": ticket}, {"tickets": "{}", "missing": "os"})])
    mail = OutboxMail(uuid4(), ticket, "ticket-received", "replied", ANN, NOW, 1)
    assert await Outbox(store).missing(mail) == "os"
    assert await Outbox(store).missing(reply(1)) is None


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
    await outbox.join(carrier, {UUID(int=n): None for n in (1, 2, 3)})
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
    await outbox.join(carrier, {UUID(int=n): None for n in (1, 2, 3)})
    await put(store, reminder(4))
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [2, 3]
    await outbox.join(carrier, {UUID(int=n): None for n in (1, 3)})
    assert [one.notification_id.int for one in await outbox.joinable(carrier)] == [3]
    await put(store, reminder(1, status="failed"))
    second = await outbox.take()
    assert second
    assert (second.notification_id.int, await outbox.carried_by(second)) == (2, None)
    assert [one.notification_id.int for one in await outbox.joinable(second)] == [3, 4]


async def test_whether_a_mail_was_sent_is_known(store: PostgresStore) -> None:
    await put(store, row(1, status="sent"), row(2), row(3, status="failed"))
    assert [await Outbox(store).was_sent(UUID(int=n)) for n in (1, 2, 3, 4)] == [True, False, False, False]
