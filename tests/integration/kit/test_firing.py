"""What follows from timers is written in one statement, or not at all: by the real store and by the one in memory."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.integration.kit.test_store import NOW, append, write

from kit.decider import Put
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.store.values import Append, Fired, Firing, Timer

Store = PostgresStore | MemoryStore
MINUTE = timedelta(minutes=1)


def timer_of(one: Append, due_at: Any = NOW, kind: str = "sand") -> Timer:
    return Timer(one.shard, one.stream, kind, 1, due_at)


def firing(one: Append, ticket: UUID, **values: Any) -> Firing:
    return Firing(one, timer_of(one), [Put("jars", {"ticket_id": ticket}, values or {"coins": 1})])


async def fire(store: Store, *firings: Firing) -> Fired | None:
    async with store.statement() as tx:
        return await tx.fire(firings, NOW, {})


async def armed(store: Store, *timers: Timer) -> None:
    async with store.transaction() as tx:
        await tx.retime([], timers)


async def left(store: Store, *of: Append) -> set[str]:
    """The kinds of timers that are still there."""
    async with store.transaction() as tx:
        found = await tx.due([one.shard for one in of], NOW + 2 * MINUTE, NOW - MINUTE, 10)
    return {timer.kind for timer in found if timer.stream in {one.stream for one in of}}


async def coins(store: Store, *tickets: UUID) -> Sequence[int]:
    async with store.transaction() as tx:
        rows = await tx.rows("jars", [{"ticket_id": ticket} for ticket in tickets])
    return [row["coins"] for row in rows]


async def version(store: Store, one: Append) -> int:
    async with store.transaction() as tx:
        return len((await tx.history([one.stream])).get(one.stream, []))


async def test_it_appends_removes_what_is_due_by_then_and_writes_the_rows(store: Store) -> None:
    ticket = uuid4()
    one = append(ticket)
    before, after = timer_of(one, NOW - MINUTE, "half"), timer_of(one, NOW + MINUTE, "later")
    await armed(store, before, timer_of(one), after)
    assert await fire(store, firing(one, ticket)) == Fired(["appended"], 2)
    assert (await version(store, one), await left(store, one), await coins(store, ticket)) == (1, {"later"}, [1])


async def test_where_something_later_is_on_record_nothing_is_written(store: Store) -> None:
    ticket, other = uuid4(), uuid4()
    one, two = append(ticket), append(other)
    await armed(store, timer_of(one), timer_of(two))
    await write(store, append(ticket), now=NOW + timedelta(microseconds=1))
    assert await fire(store, firing(append(ticket, 1), ticket), firing(two, other)) is None
    assert (await version(store, two), await left(store, one, two), await coins(store, other)) == (0, {"sand"}, [])


async def test_where_the_settled_floor_is_later_nothing_is_written(store: Store) -> None:
    ticket = uuid4()
    async with store.transaction() as tx:
        await tx.settle(NOW + timedelta(microseconds=1))
    assert await fire(store, firing(append(ticket), ticket)) is None


async def test_where_the_log_was_compared_anew_nothing_is_written(store: Store) -> None:
    ticket, other = uuid4(), uuid4()
    one, two = append(ticket), append(other)
    async with store.transaction() as tx:
        marks = await tx.marks([one.shard, two.shard])
        await tx.open(two.shard)
    async with store.statement() as tx:
        assert await tx.fire([firing(one, ticket), firing(two, other)], NOW, marks) is None
        assert await tx.marks([one.shard, two.shard]) != marks
    assert (await version(store, one), await version(store, two)) == (0, 0)
    async with store.statement() as tx:
        marks = await tx.marks([one.shard, two.shard])
        assert await tx.fire([firing(one, ticket), firing(two, other)], NOW, marks) == Fired(["appended"] * 2, 0)


async def test_a_conflict_changes_nothing_and_its_neighbours_ring(store: Store) -> None:
    ticket, other = uuid4(), uuid4()
    await write(store, append(ticket), now=NOW - MINUTE)
    one, two = append(ticket), append(other)
    await armed(store, timer_of(one), timer_of(two))
    assert await fire(store, firing(one, ticket), firing(two, other)) == Fired(["conflict", "appended"], 1)
    assert (await version(store, one), await left(store, one), await coins(store, ticket)) == (1, {"sand"}, [])
    assert (await version(store, two), await left(store, two), await coins(store, other)) == (1, set(), [1])


async def test_what_has_rung_before_is_left_as_it_is_and_its_timer_goes(store: Store) -> None:
    ticket = uuid4()
    one = append(ticket)
    await fire(store, firing(one, ticket, coins=1))
    await armed(store, timer_of(one))
    assert await fire(store, firing(one, ticket, coins=2)) == Fired(["known"], 1)
    assert (await version(store, one), await left(store, one), await coins(store, ticket)) == (1, set(), [1])


async def test_rows_of_several_shapes_are_written_at_once(store: Store) -> None:
    tickets = [uuid4() for _ in range(3)]
    shapes: list[dict[str, Any]] = [{"coins": 1}, {"coins": 2, "label": "two"}, {"coins": 3}]
    firings = [firing(append(ticket), ticket, **values) for ticket, values in zip(tickets, shapes, strict=True)]
    assert await fire(store, *firings) == Fired(["appended"] * 3, 0)
    assert sorted(await coins(store, *tickets)) == [1, 2, 3]


async def test_without_rows_too(store: Store) -> None:
    one = append(uuid4())
    assert await fire(store, Firing(one, timer_of(one), [])) == Fired(["appended"], 0)
