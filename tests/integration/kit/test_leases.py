"""Leases, on both kinds of store: shares, epochs, and what becomes of those that run out."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from tests.integration.kit.test_perform import Store

from contracts.names import SHARDS
from kit.store.values import Leased

LONG_LEASE_SECONDS = 3600.0
"""Seconds that no test takes."""


async def lease(
    store: Store,
    owner: UUID,
    seconds: float = LONG_LEASE_SECONDS,
    leaving: Sequence[int] = (),
    replica: str | None = None,
    reaches: bool = True,
) -> Leased:
    async with store.transaction() as tx:
        return await tx.lease(owner, leaving, seconds, replica, reaches=reaches)


async def test_shards_are_shared_as_soon_as_somebody_gives_some_away(store: Store) -> None:
    one, other = uuid4(), uuid4()
    assert len((await lease(store, one)).epochs) == SHARDS
    assert await lease(store, other) == Leased({}, 32)
    first = await lease(store, one, leaving=range(32, 64))
    second = await lease(store, other)
    assert (set(first.epochs), set(second.epochs)) == (set(range(32)), set(range(32, 64)))
    assert (set(first.epochs.values()), set(second.epochs.values())) == ({1}, {2})


async def test_a_lease_that_has_run_out_is_still_ours_until_somebody_takes_it(store: Store) -> None:
    one, other = uuid4(), uuid4()
    await lease(store, one, seconds=-120.0)  # its own entry has been due for removal by then
    assert set((await lease(store, one, seconds=0.0)).epochs.values()) == {1}
    assert set((await lease(store, other)).epochs.values()) == {2}
    assert (await lease(store, one)).epochs == {}


async def test_whoever_leaves_leaves_everything(store: Store) -> None:
    one, other = uuid4(), uuid4()
    await lease(store, one)
    async with store.transaction() as tx:
        await tx.leave(one)
    assert await lease(store, other) == Leased(dict.fromkeys(range(SHARDS), 2), SHARDS)


async def test_what_others_of_a_name_held_is_free_and_what_others_held_is_not(store: Store) -> None:
    dead, neighbour, heir = uuid4(), uuid4(), uuid4()
    await lease(store, dead, replica="one")
    await lease(store, neighbour, replica="two")
    await lease(store, dead, leaving=range(32, 64), replica="one")
    await lease(store, neighbour, replica="two")
    async with store.transaction() as tx:
        await tx.succeed(heir, "one")
        leased = await tx.lease(heir, [], LONG_LEASE_SECONDS, "one")
    assert (set(leased.epochs), leased.share) == (set(range(32)), 32)


async def test_who_does_not_reach_the_broker_has_no_share_beside_who_does(store: Store) -> None:
    healthy, sick = uuid4(), uuid4()
    assert await lease(store, sick, reaches=False) == Leased(dict.fromkeys(range(SHARDS), 1), SHARDS, reached=False)
    assert await lease(store, healthy) == Leased({}, SHARDS, idle=SHARDS)
    # What it has it keeps until it gives it away itself: it may be about to reach the broker again.
    assert await lease(store, sick, reaches=False) == Leased(
        dict.fromkeys(range(SHARDS), 1), 0, reached=True, idle=SHARDS
    )
    assert await lease(store, sick, leaving=range(SHARDS), reaches=False) == Leased({}, 0)
    assert await lease(store, healthy) == Leased(dict.fromkeys(range(SHARDS), 2), SHARDS)
    assert await lease(store, sick) == Leased({}, 32)


async def test_where_nobody_reaches_the_broker_all_have_a_share(store: Store) -> None:
    one, other = uuid4(), uuid4()
    await lease(store, one, reaches=False)
    assert await lease(store, other, reaches=False) == Leased({}, 32, reached=False)


async def test_one_that_does_not_reach_the_broker_is_succeeded_by_its_name(store: Store) -> None:
    dead, heir = uuid4(), uuid4()
    await lease(store, dead, replica="one", reaches=False)
    async with store.transaction() as tx:
        await tx.succeed(heir, "one")
    assert len((await lease(store, heir, replica="one", reaches=False)).epochs) == SHARDS
