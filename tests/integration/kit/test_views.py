"""Views of what others say: folded once from several topics, with the cursors; the topics give the same rows again."""

import asyncio
import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.integration.kit.conftest import Topics, memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.letters import Letters, post
from tests.integration.kit.test_consume import another, come, consumer, convinced
from tests.integration.kit.toy import core, follow, new_vault, ticket_in, tickets
from tests.unit.kit.ledger import Coins, ledger, one_more, pages
from tests.unit.kit.records import TICKET
from tests.unit.kit.test_views import fact

from contracts.names import ESCALATIONS, SLA, TICKETS, shard_of
from kit.bus import Bus
from kit.consume import redrive
from kit.consume.folding import hold
from kit.consume.follow import Follow
from kit.consume.views import Folding
from kit.decider import Put
from kit.log.perform import Core
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.replay.refolding import Incomplete, compare, rewrite
from kit.replay.replay import Difference
from kit.store import Unavailable

Store = PostgresStore | MemoryStore
VIEWS = ledger(), pages()


@pytest.fixture
async def bus(store: Store, kafka: Topics) -> Bus:
    return memory_bus() if isinstance(store, MemoryStore) else await kafka(TICKETS, SLA)


def viewing(own: Follow | None = None) -> Follow:
    """A follower that keeps both views."""
    return replace(own or follow(), views=VIEWS)


async def row(store: Store, ticket: UUID, page: int | None = None) -> dict[str, Any]:
    """A row, its parts read; empty: there is none."""
    view = VIEWS[0] if page is None else VIEWS[1]
    key = {"ticket_id": ticket} if page is None else {"ticket_id": ticket, "page": page}
    async with store.transaction() as tx:
        found = await tx.rows(view.table, [key])
    return {**found[0], **view.read(found[0])} if found else {}


async def differences(store: Store, bus: Bus, *tickets: UUID) -> list[Difference]:
    shards = sorted({shard_of(ticket) for ticket in tickets})
    return [one for view in VIEWS for shard in shards for one in await compare(store, bus, new_vault(), view, shard)]


def totals(found: dict[str, Any]) -> tuple[int, int, int]:
    given, taken = found.get("given") or Coins(), found.get("taken") or Coins()
    return given.total, taken.total, found.get("balance", 0)


async def test_each_fact_is_folded_once_whatever_comes_twice_late_or_first_and_the_topics_give_the_same_rows(
    store: Store, bus: Bus
) -> None:
    chance, given, taken = random.Random(5), Letters(), Letters(SLA)
    found = [ticket_in(shard) for shard in (3, 3, 7, 40)]
    puts = [(ticket, given.coin(ticket, coin)) for coin in range(1, 13) for ticket in found]
    takes = [taken.coin(ticket, coin, seen={TICKETS: coin}) for coin in range(1, 9) for ticket in found]
    async with at_work(consumer(store, bus, viewing())):
        await post(bus, takes, SLA)
        await post(bus, [record for _, record in puts[:30] if chance.random() < 0.8])
        await post(bus, [record for _, record in puts[:40] for _ in range(chance.randint(1, 3))])
        await post(bus, [record for _, record in puts])

        async def folded() -> bool:
            return all([totals(await row(store, ticket)) == (78, 36, 42) for ticket in found])

        await eventually(folded)
    assert await folded()
    assert (await row(store, found[0]))["given"].count == 12
    assert totals(await row(store, found[0], page=1))[:2] == (33, 0)
    assert await differences(store, bus, *found) == []


async def test_it_is_written_with_the_cursors_or_not_at_all(store: Store, bus: Bus) -> None:
    class Refusing(Core):
        tries = 0

        async def perform(self, *args: Any, **more: Any) -> Any:
            results = await super().perform(*args, **more)
            self.tries += 1
            if self.tries < 3:
                raise Unavailable("after all was written")
            return results

    plain, ticket, given = core(ESCALATIONS), ticket_in(7), Letters()
    own = Refusing(topic=ESCALATIONS, decider=plain.decider, vault=plain.vault)
    async with at_work(consumer(store, bus, viewing(follow(own)))):
        await post(bus, [given.coin(ticket, coin) for coin in (1, 2, 3)])
        await come(store, {ticket: [1, 2, 3]})
    assert own.tries >= 3
    assert totals(await row(store, ticket)) == (6, 0, 6)


async def test_of_two_who_consume_the_same_shards_only_one_folds_each_fact(store: Store, bus: Bus) -> None:
    given, taken, found = Letters(), Letters(SLA), tickets()[:16]
    owners = [convinced(store, bus, viewing(another(name))) for name in ("one", "other")]
    async with at_work(*owners):
        for coin in range(1, 7):
            await post(bus, [given.coin(ticket, coin) for ticket in found])
            await post(bus, [taken.coin(ticket, coin) for ticket in found], SLA)

        async def folded() -> bool:
            return all([totals(await row(store, ticket))[:2] == (21, 21) for ticket in found])

        await eventually(folded)
    assert [totals(await row(store, ticket)) for ticket in found] == [(21, 21, 0)] * 16
    assert await differences(store, bus, *found) == []


async def test_two_who_fold_different_topics_into_a_new_row_at_once_lose_nothing(store: Store) -> None:
    """As one does that has lost a shard and not noticed yet."""
    view = VIEWS[1]

    async def fold(topic: str, coin: int) -> None:
        one, folding = fact(topic, 1, coin), Folding([view])
        async with store.transaction() as tx:
            await hold(tx, folding, list(folding.places(one)))
            folding.fold(one)
            await tx.put(folding.puts())

    for page in range(1, 11):
        await asyncio.gather(fold(TICKETS, 10 * page + 5), fold(SLA, 10 * page + 2))
        assert totals(await row(store, TICKET, page))[:2] == (10 * page + 5, 10 * page + 2)


async def parked(store: Store, bus: Bus) -> tuple[UUID, Letters]:
    """A ticket whose third coin no view can take, with what follows set aside; and its neighbour, which went on."""
    given, taken = Letters(), Letters(SLA)
    ticket, neighbour = ticket_in(7), ticket_in(7)
    async with at_work(own := consumer(store, bus, viewing())):
        await post(bus, [given.coin(ticket, 1), given.coin(neighbour, 1), given.coin(ticket, 666)])
        await come(store, {ticket: [1], neighbour: [1]})
        await post(bus, [taken.coin(ticket, 4), taken.coin(neighbour, 4)], SLA)
        await post(bus, [given.coin(neighbour, 2), given.coin(ticket, 5)])

        async def went_on() -> bool:
            return totals(await row(store, neighbour)) == (3, 4, -1) and len(await redrive.parked(store)) == 3

        await eventually(went_on)
        assert own.parked == {ticket}
    return ticket, given


async def test_a_fact_that_a_view_fails_on_is_set_aside_with_its_ticket_and_the_others_go_on(
    store: Store, bus: Bus
) -> None:
    ticket, _ = await parked(store, bus)
    assert totals(await row(store, ticket)) == (1, 0, 1)
    assert "ZeroDivisionError" in (await redrive.parked(store))[0].reason
    assert await differences(store, bus, ticket) == []


async def test_what_is_redriven_is_folded_then_and_never_twice(store: Store, bus: Bus) -> None:
    ticket, _ = await parked(store, bus)
    for view in VIEWS:
        await rewrite(store, bus, new_vault(), view, 7)  # what is set aside is not its business
    assert totals(await row(store, ticket)) == (1, 0, 1)
    mended = [
        replace(view, parts={topic: replace(part, evolve=one_more) for topic, part in view.parts.items()})
        for view in VIEWS
    ]
    assert await redrive.retry(store, replace(follow(), views=mended), 7, ticket) == 3
    assert totals(await row(store, ticket)) == (672, 4, 668)
    assert [await compare(store, bus, new_vault(), view, 7) for view in mended] == [[], []]


async def test_a_row_that_is_wrong_is_found_and_made_anew_while_the_consumer_goes_on(store: Store, bus: Bus) -> None:
    given, taken, ticket = Letters(), Letters(SLA), ticket_in(7)
    async with at_work(consumer(store, bus, viewing())):
        await post(bus, [given.coin(ticket, coin) for coin in (1, 2)])
        await come(store, {ticket: [1, 2]})
        async with store.transaction() as tx:
            await tx.put([Put("ledger", {"ticket_id": ticket}, {"given": None, "balance": 99})])
        [found] = await differences(store, bus, ticket)
        assert (found.table, found.columns["balance"]) == ("ledger", (99, 3))
        assert await rewrite(store, bus, new_vault(), VIEWS[0], 7) == [found]
        assert await rewrite(store, bus, new_vault(), VIEWS[0], 7) == []
        assert await differences(store, bus, ticket) == []
        await post(bus, [taken.coin(ticket, 5)], SLA)
        await come(store, {ticket: [1, 2, 5]})
    assert totals(await row(store, ticket)) == (3, 5, -2)


async def test_a_topic_that_lacks_what_was_applied_is_no_ground_for_a_row(store: Store, bus: Bus) -> None:
    given, ticket = Letters(), ticket_in(7)
    async with at_work(consumer(store, bus, viewing())):
        await post(bus, [given.coin(ticket, 1)])
        await come(store, {ticket: [1]})
    with pytest.raises(Incomplete, match="1 events were applied, and 0 are to be had"):
        await compare(store, memory_bus(), new_vault(), VIEWS[0], 7)
