"""What was asked for "later" rings once, when it is due and may be said, whoever dies or tries twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.conftest import Connect
from tests.integration.kit.flow import CLOCK, at_work, eventually
from tests.integration.kit.hourglass import core, edge_of, rings, timers, turn

from contracts.names import SLA, shard_of
from kit.log.perform import Core
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.store import Unavailable
from kit.store.values import Fired
from kit.timers.edge import Announcement, Edge
from punctual.local.databases import Dsns

Store = PostgresStore | MemoryStore
SOON = timedelta(milliseconds=300)


def rang(store: Store, ticket: UUID, times: int = 1) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return len(await rings(store, ticket)) == times

    return look


def settle(edge: Edge, *tickets: UUID, ahead: timedelta = timedelta(minutes=1)) -> None:
    """Hear that their shards are settled, until then."""
    heads = {shard_of(ticket): 0 for ticket in tickets}
    edge.announced(Announcement(CLOCK.now() + ahead, heads), CLOCK.elapsed())


async def test_it_rings_once_when_it_is_due_and_not_before(store: Store) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    ringing = timers(store, own, edge)
    async with at_work(ringing):
        await asyncio.sleep(0.1)
        due_at = CLOCK.now() + SOON
        await turn(store, due_at, own, ticket)
        while CLOCK.now() < due_at - timedelta(milliseconds=50):
            assert await rings(store, ticket) == []
            await asyncio.sleep(0.02)
        await eventually(rang(store, ticket), 5)
        assert CLOCK.now() - due_at < timedelta(seconds=2)
        await asyncio.sleep(0.3)
    assert await rings(store, ticket) == ["settled"]
    assert ringing.fired == 1


async def test_of_several_timers_of_a_stream_that_are_overdue_the_last_rings(store: Store) -> None:
    own, ticket = core(half_at=CLOCK.now() - SOON), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    ringing = timers(store, own, edge)
    await turn(store, CLOCK.now(), own, ticket)
    async with at_work(ringing):
        await eventually(rang(store, ticket), 5)
        await asyncio.sleep(0.3)
    assert await rings(store, ticket) == ["settled"]
    assert ringing.fired == 2
    async with store.transaction() as tx:
        assert await tx.due(range(64), CLOCK.now() + timedelta(days=1), CLOCK.now(), 10) == []


async def test_turned_again_it_rings_for_the_last_time_only(store: Store) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    async with at_work(timers(store, own, edge)):
        await asyncio.sleep(0.1)
        await turn(store, CLOCK.now() + timedelta(seconds=3), own, ticket)
        later = CLOCK.now() + timedelta(seconds=4)
        await turn(store, later, own, ticket)
        await eventually(rang(store, ticket), 12)
        assert CLOCK.now() >= later


async def test_turned_twice_in_one_transaction_it_rings_for_the_last_time_only(store: Store) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    async with at_work(timers(store, own, edge)):
        await turn(store, CLOCK.now() + SOON, own, ticket, ticket)
        async with store.transaction() as tx:
            [row] = await tx.due([shard_of(ticket)], CLOCK.now() + timedelta(hours=1), CLOCK.now(), 10)
        assert row.generation == 2
        await eventually(rang(store, ticket), 5)


async def test_a_verdict_waits_for_the_settled_edge(store: Store) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    ringing = timers(store, own, edge)
    async with at_work(ringing):
        await turn(store, CLOCK.now(), own, ticket)
        settle(edge, ticket, ahead=-timedelta(minutes=1))
        ringing.wake()
        await asyncio.sleep(0.5)
        assert await rings(store, ticket) == []
        assert ringing.overdue() > timedelta()
        settle(edge, ticket, ahead=timedelta())
        ringing.wake()
        await eventually(rang(store, ticket), 1.5)  # woken, not found by the next sweep
    assert await rings(store, ticket) == ["settled"]
    assert ringing.overdue() == timedelta()


async def test_what_is_no_verdict_waits_for_nothing(store: Store) -> None:
    own, ticket = core(), uuid4()
    async with at_work(timers(store, own, edge_of(ticket), waits=False)):
        await turn(store, CLOCK.now(), own, ticket)
        await eventually(rang(store, ticket), 5)


async def test_at_the_end_of_the_partition_a_verdict_waits_for_the_grace_only(store: Store) -> None:
    own, ticket = core(), uuid4()
    ringing = timers(store, own, edge_of(ticket, grace=0.6), at_end=True)
    async with at_work(ringing):
        await turn(store, CLOCK.now(), own, ticket)
        await asyncio.sleep(0.3)
        assert await rings(store, ticket) == []
        await eventually(rang(store, ticket), 5)
    assert (await rings(store, ticket), ringing.unsettled) == (["grace"], 1)


async def test_before_the_end_of_the_partition_even_the_grace_is_no_reason(store: Store) -> None:
    own, ticket = core(), uuid4()
    async with at_work(timers(store, own, edge_of(ticket, grace=0.1), at_end=False)):
        await turn(store, CLOCK.now(), own, ticket)
        await asyncio.sleep(1)
    assert await rings(store, ticket) == []


async def test_a_ticket_with_records_set_aside_waits_for_the_redrive_or_the_grace(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.timers.timers.SWEEP_EVERY_SECONDS", 0.1)
    own, aside, redriven, other = core(), uuid4(), uuid4(), uuid4()
    parked = {aside, redriven}
    edge = edge_of(aside, redriven, other)
    settle(edge, aside, redriven, other)
    async with at_work(timers(store, own, edge, parked=lambda: parked, parked_grace=1.0)):
        await turn(store, CLOCK.now(), own, aside, redriven, other)
        await eventually(rang(store, other), 5)
        assert await rings(store, redriven) == []
        parked.discard(redriven)
        await eventually(rang(store, redriven), 5)
        await eventually(rang(store, aside), 5)
    assert await rings(store, other) == ["settled"]
    assert await rings(store, redriven) == ["settled"]
    assert await rings(store, aside) == ["parked"]


@pytest.fixture
def foreseen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The streams whose timers were decided, each time; all those of the next seconds are decided beforehand."""
    monkeypatch.setattr("kit.timers.timers.DECIDE_AHEAD_SECONDS", 4.0)
    streams: list[str] = []
    foresee = Core.foresee

    async def noting(own: Core, tx: Any, requests: Any) -> Any:
        found = await foresee(own, tx, requests)
        streams.extend(found)
        return found

    monkeypatch.setattr(Core, "foresee", noting)
    return streams


@asynccontextmanager
async def turned_and_decided(store: Store, foreseen: list[str]) -> AsyncIterator[UUID]:
    """A ticket whose hourglass is about to run out, which has been decided and has not rung."""
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    await turn(store, CLOCK.now() + timedelta(seconds=3), own, ticket)

    async def decided() -> bool:
        return foreseen == [f"ticket-{ticket}"]

    async with at_work(timers(store, own, edge)):
        await eventually(decided, 3)
        assert await rings(store, ticket) == []
        yield ticket
    assert await rings(store, ticket) == ["settled"]


async def test_what_was_decided_beforehand_is_not_decided_again(store: Store, foreseen: list[str]) -> None:
    async with turned_and_decided(store, foreseen) as ticket:
        await eventually(rang(store, ticket), 5)
    assert foreseen == [f"ticket-{ticket}"]


async def test_what_was_decided_beforehand_is_void_once_the_stream_has_changed(
    store: Store, foreseen: list[str]
) -> None:
    async with turned_and_decided(store, foreseen) as ticket:
        later = CLOCK.now() + timedelta(seconds=5)
        await turn(store, later, core(), ticket)  # in another process, which rings nothing
        await eventually(rang(store, ticket), 12)
        assert CLOCK.now() >= later
        await asyncio.sleep(0.3)


async def test_an_edge_that_moves_while_others_are_decided_is_not_slept_through(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.timers.timers.LANES", 1)
    monkeypatch.setattr("kit.timers.timers.DECIDE_AHEAD_SECONDS", 4.0)
    own, waiting, other = core(), uuid4(), uuid4()
    edge = edge_of(waiting, other)
    ringing = timers(store, own, edge)
    deciding, go_on, foresee = asyncio.Event(), asyncio.Event(), own.foresee

    async def slowly(tx: Any, requests: Any) -> Any:
        deciding.set()
        await go_on.wait()
        return await foresee(tx, requests)

    await turn(store, CLOCK.now(), own, waiting)
    await turn(store, CLOCK.now() + timedelta(seconds=3), own, other)
    monkeypatch.setattr(own, "foresee", slowly)
    async with at_work(ringing):
        await deciding.wait()
        settle(edge, waiting, other, ahead=timedelta())
        ringing.wake()
        go_on.set()
        await eventually(rang(store, waiting), 1)  # not found by the next sweep, nor told by the next heartbeat
        assert await rings(store, other) == []


async def test_what_rings_while_another_lane_waits_for_its_transaction_is_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = core()
    even = next(ticket for ticket in iter(uuid4, None) if shard_of(ticket) % 2 == 0)
    odd = next(ticket for ticket in iter(uuid4, None) if shard_of(ticket) % 2)
    edge = edge_of(even, odd)
    settle(edge, even, odd)
    ringing = timers(store, own, edge)
    at_once, in_a_transaction, waiting = ringing._fire_at_once, ringing._fire_in_a_transaction, asyncio.Event()

    async def only_odd(last: Any, *rest: Any) -> Any:
        if last[0].shard % 2:
            await waiting.wait()
            return await at_once(last, *rest)
        return None

    async def after_the_other(*args: Any) -> int:
        waiting.set()
        while not ringing.fired:  # noqa: ASYNC110 - it waits for no event of ours
            await asyncio.sleep(0.01)
        return await in_a_transaction(*args)

    monkeypatch.setattr(ringing, "_fire_at_once", only_odd)
    monkeypatch.setattr(ringing, "_fire_in_a_transaction", after_the_other)
    await turn(store, CLOCK.now(), own, even, odd)
    async with at_work(ringing):
        for ticket in (even, odd):
            await eventually(rang(store, ticket), 5)
        await asyncio.sleep(0.1)
    assert ringing.fired == 2


async def test_two_owners_ring_once(dsns: Dsns, connect: Connect) -> None:
    tickets = [uuid4() for _ in range(200)]
    stores = [await connect(dsns.app, SLA) for _ in range(3)]
    await turn(stores[0], CLOCK.now() + 2 * SOON, core(), *tickets)
    ringing = []
    for store in stores:
        edge = edge_of(*tickets)
        settle(edge, *tickets)
        ringing.append(timers(store, core(), edge))
    async with at_work(*ringing):
        for ticket in tickets:
            await eventually(rang(stores[0], ticket), 20)
        await asyncio.sleep(0.5)
    assert {len(await rings(stores[0], ticket)) for ticket in tickets} == {1}
    assert sum(one.fired for one in ringing) == 200


@pytest.mark.parametrize("when", ["decided", "claimed", "appended", "committed"])
async def test_who_dies_while_it_rings_leaves_it_to_others(
    dsns: Dsns, connect: Connect, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Dies before the one statement, or before its answer; in a transaction, between claim and append, or before the
    commit."""
    ticket, own = uuid4(), core()
    dying, other = await connect(dsns.app, SLA), await connect(dsns.app, SLA)
    edge = edge_of(ticket)
    settle(edge, ticket)
    ringing = timers(dying, own, edge)
    perform, fire = own.perform, ringing._fire_at_once
    reached = asyncio.Event()

    async def performing(*args: Any, **named: Any) -> Any:
        if when == "appended":
            await perform(*args, **named)
        reached.set()
        await asyncio.sleep(3600)

    async def firing(*args: Any) -> None:
        if when in ("claimed", "appended"):
            return  # it takes a transaction
        if when == "committed":
            assert await fire(*args)
        reached.set()
        await asyncio.sleep(3600)

    await turn(other, CLOCK.now(), core(), ticket)
    monkeypatch.setattr(ringing, "_fire_at_once", firing)
    monkeypatch.setattr(own, "perform", performing)
    async with asyncio.timeout(20):
        async with at_work(ringing):
            await reached.wait()
            assert len(await rings(other, ticket)) == (when == "committed")
        async with at_work(timers(other, core(), edge)):
            await eventually(rang(other, ticket), 10)
            await asyncio.sleep(0.3)
    assert await rings(other, ticket) == ["settled"]


async def test_a_database_that_gives_no_answer_delays_and_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    perform, failures = own.perform, 3

    async def performing(*args: Any, **named: Any) -> Any:
        nonlocal failures
        results = await perform(*args, **named)
        if failures:
            failures -= 1
            raise Unavailable("gone")
        return results

    await turn(store, CLOCK.now(), own, ticket)
    monkeypatch.setattr(own, "perform", performing)
    async with at_work(timers(store, own, edge)):
        await eventually(rang(store, ticket), 10)
    assert await rings(store, ticket) == ["settled"]


async def test_it_rings_in_a_transaction_where_something_later_is_on_record(store: Store) -> None:
    """As after this process's clock was set back."""
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    await turn(store, CLOCK.now(), own, ticket)
    async with store.transaction() as tx:
        await tx.settle(CLOCK.now() + timedelta(minutes=1))
    async with at_work(timers(store, own, edge)):
        await eventually(rang(store, ticket), 5)
        await asyncio.sleep(0.3)
    assert await rings(store, ticket) == ["settled"]


async def test_what_was_overtaken_rings_at_once_on_what_is_known_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    settle(edge, ticket)
    await turn(store, CLOCK.now(), own, ticket)
    ringing = timers(store, own, edge)
    fire, overtaken = ringing._fire_at_once, list[UUID]()

    async def firing(*args: Any) -> Any:
        if overtaken:
            return await fire(*args)
        overtaken.append(ticket)
        return Fired(["conflict"], 0)

    monkeypatch.setattr(ringing, "_fire_at_once", firing)
    async with at_work(ringing):
        await eventually(rang(store, ticket), 1.5)  # not found by the next sweep
    assert (overtaken, await rings(store, ticket)) == ([ticket], ["settled"])


async def test_turned_to_an_earlier_end_it_rings_though_the_later_one_is_held_in_memory(store: Store) -> None:
    own, ticket = core(), uuid4()
    edge = edge_of(ticket)
    ringing = timers(store, own, edge)
    async with at_work(ringing):
        await asyncio.sleep(0.1)
        await turn(store, CLOCK.now() + SOON, own, ticket)
        await turn(store, CLOCK.now() + SOON / 2, own, ticket)
        await asyncio.sleep(2 * SOON.total_seconds())
        settle(edge, ticket)  # now both are due, and the last of them is stale
        ringing.wake()
        await eventually(rang(store, ticket), 5)
        await asyncio.sleep(0.3)
    assert await rings(store, ticket) == ["settled"]
