"""From the broker to the log: each record's effect exactly once, whatever comes twice, late or never."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.conftest import Connect, Topics, memory_bus
from tests.integration.kit.flow import CLOCK, at_work, eventually
from tests.integration.kit.letters import Letters, effects, post
from tests.integration.kit.processes import running
from tests.integration.kit.proxy import proxied
from tests.integration.kit.toy import core, follow, ticket_in, tickets

from contracts.names import ESCALATIONS, SHARDS, SLA, TICKETS
from kit.bus import Bus
from kit.consume.backlog import Backlog
from kit.consume.consumer import Consumer
from kit.consume.follow import Follow
from kit.log.perform import Core
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.shards.ownership import LeaseTerm, Ownership
from kit.store import CursorMoved, Store
from kit.store.values import Cursor, CursorMove
from punctual.local.databases import Dsns


@pytest.fixture
async def bus(store: PostgresStore | MemoryStore, kafka: Topics) -> Bus:
    return memory_bus() if isinstance(store, MemoryStore) else await kafka(TICKETS, SLA)


def consumer(
    store: Store, bus: Bus, own: Follow | None = None, *, topics: Sequence[str] = (TICKETS, SLA), **more: Any
) -> Consumer:
    ownership = Ownership(store, CLOCK, lease=1.5, renew=0.3)
    own = own or follow()
    return Consumer(store=store, bus=bus, clock=CLOCK, ownership=ownership, topics=topics, follow=own, **more)


class Everything(Ownership):
    """The leases of one that has stood still, and takes every shard for its own whoever else does."""

    async def run(self) -> None:
        self.joined, self.leased = True, {shard: LeaseTerm(1, 0.0) for shard in range(SHARDS)}
        await asyncio.Event().wait()


def convinced(store: Store, bus: Bus, own: Follow, topics: Sequence[str] = (TICKETS, SLA)) -> Consumer:
    """A consumer that thinks that everything is its own."""
    return Consumer(store=store, bus=bus, clock=CLOCK, ownership=Everything(store, CLOCK), topics=topics, follow=own)


async def come(store: Store, expected: dict[UUID, list[int]], within: float = 40) -> None:
    """Wait until these effects are there, and a little more, so that one too many would show."""

    async def all_there() -> bool:
        found = await effects(store, expected)
        return all(len(found.get(ticket, ())) >= len(coins) for ticket, coins in expected.items())

    try:
        await eventually(all_there, within)
    except TimeoutError:
        assert await effects(store, expected) == expected
    await asyncio.sleep(0.3)
    assert await effects(store, expected) == expected


async def test_every_record_has_its_effect_once_though_it_comes_up_to_three_times_after_a_hole(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    chance, letters = random.Random(3), Letters()
    found = tickets(each=2)
    expected: dict[UUID, list[int]] = {ticket: [] for ticket in found}
    log = []
    for coin in range(8):
        for ticket in chance.sample(found, len(found)):
            expected[ticket].append(coin)
            log.append(letters.coin(ticket, coin))
    async with at_work(consumer(store, bus)):
        # As after send errors: the relay begins again, somewhere before; and of what it sent first, some is missing.
        await post(bus, [record for record in log[:700] if chance.random() < 0.9])
        await post(bus, [record for record in log[:900] for _ in range(chance.randint(1, 3))])
        await post(bus, log)
        await come(store, expected)


async def test_a_restart_goes_on_from_the_database_and_reads_nothing_twice(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    letters, ticket = Letters(), uuid4()
    await post(bus, [letters.coin(ticket, coin) for coin in range(50)])
    async with at_work(consumer(store, bus)):
        await come(store, {ticket: list(range(50))})
    async with at_work(again := consumer(store, bus)):
        await post(bus, [letters.coin(ticket, 50)])
        await come(store, {ticket: list(range(51))})
    assert again.backlog.dropped == 0


async def test_a_consumer_killed_in_the_middle_of_a_batch_leaves_no_trace_of_it(
    dsns: Dsns, connect: Connect, kafka: Topics
) -> None:
    bus, store = await kafka(TICKETS, SLA), await connect(dsns.app, ESCALATIONS)
    letters, found = Letters(), tickets()
    log = [letters.coin(ticket, coin) for coin in range(30) for ticket in found]  # four batches; the third hangs
    expected = {ticket: list(range(30)) for ticket in found}
    await post(bus, log)
    async with running("consume", dsns, bus) as process:
        half = await effects(store, found)
        process.kill()
        await process.wait()
        assert 0 < sum(map(len, half.values())) < len(log)
    async with at_work(consumer(store, bus)):
        await come(store, expected)


async def test_members_come_and_go_and_nothing_happens_twice(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    letters, found = Letters(), tickets()
    async with at_work(first := consumer(store, bus)):
        await post(bus, [letters.coin(ticket, 0) for ticket in found])
        async with at_work(second := consumer(store, bus)):
            for coin in range(1, 8):
                await post(bus, [letters.coin(ticket, coin) for ticket in found])

            async def shared() -> bool:
                return len(second.backlog.places()) == len(first.backlog.places()) == 64

            await eventually(shared)
            await post(bus, [letters.coin(ticket, 8) for ticket in found])
        await post(bus, [letters.coin(ticket, 9) for ticket in found])
        await come(store, {ticket: list(range(10)) for ticket in found})


def another(name: str, own: Core | None = None) -> Follow:
    """A consumer whose command ids are its own: only the cursors are left to guard."""
    return Follow(name, own or core(ESCALATIONS), follow().react, CLOCK, follow().book)


async def test_of_two_owners_of_a_shard_only_one_has_an_effect(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    letters, found = Letters(), tickets()
    async with at_work(convinced(store, bus, another("one")), convinced(store, bus, another("other"))):
        for coin in range(8):
            await post(bus, [letters.coin(ticket, coin) for ticket in found])
        await come(store, {ticket: list(range(8)) for ticket in found})


async def test_the_suite_notices_a_consumer_that_forgets_its_cursors(
    store: PostgresStore | MemoryStore, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule broken on purpose."""
    monkeypatch.setattr(Backlog, "moves", lambda self, batch: [])
    letters, ticket = Letters(), uuid4()
    await post(bus, [letters.coin(ticket, coin) for coin in range(5)])
    async with at_work(*(convinced(store, bus, another(name), [TICKETS]) for name in ("one", "other"))):

        async def twice() -> bool:
            return len((await effects(store, [ticket])).get(ticket, ())) == 10

        await eventually(twice)


async def test_a_cursor_moves_only_from_where_it_stands(store: PostgresStore | MemoryStore) -> None:
    async def move(before: int, after: int) -> None:
        async with store.transaction() as tx:
            await tx.advance([CursorMove(TICKETS, 3, Cursor(before), Cursor(after, uuid4(), after))], [])

    await move(0, 4)
    for before, after in ((0, 5), (3, 5), (5, 6)):
        with pytest.raises(CursorMoved):
            await move(before, after)
    async with store.transaction() as tx:
        assert (await tx.cursors([TICKETS], [3]))[TICKETS, 3].seq == 4


async def test_a_broken_chain_stops_its_shard_and_no_other(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    letters, ticket, neighbour = Letters(), ticket_in(7), ticket_in(8)
    async with at_work(own := consumer(store, bus)):
        await post(bus, [letters.coin(ticket, 1), letters.coin(ticket, 2)])
        await come(store, {ticket: [1, 2]})
        letters.last[7] = 2, uuid4()  # the sender's database was set back and went another way
        await post(bus, [letters.coin(ticket, 3), letters.coin(ticket, 4), letters.coin(neighbour, 1)])
        await come(store, {neighbour: [1], ticket: [1, 2]})
        assert own.backlog.broken.keys() == {(TICKETS, 7)}
        assert not own.at_end((TICKETS, 7))


async def test_no_effect_comes_before_its_cause(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    opened, breached, ticket = Letters(), Letters(SLA), ticket_in(7)
    causes = [opened.coin(ticket, coin) for coin in range(3)]
    neighbour = ticket_in(8)
    async with at_work(own := consumer(store, bus)):
        await post(bus, [breached.coin(ticket, 10, seen={TICKETS: 3}), breached.coin(neighbour, 10)], SLA)
        await come(store, {neighbour: [10]})
        assert await effects(store, [ticket]) == {}
        await post(bus, causes[:2])
        await come(store, {ticket: [0, 1]})
        assert (SLA, 7) in own.backlog.held
        await post(bus, causes[2:])
        await come(store, {ticket: [0, 1, 2, 10]})
    async with store.transaction() as tx:
        assert {topic: at.seq for (topic, _), at in (await tx.cursors([TICKETS, SLA], [7])).items()} == {
            TICKETS: 3,
            SLA: 1,
        }


async def test_what_is_written_names_all_that_had_been_heard(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    opened, breached, ticket = Letters(), Letters(SLA), ticket_in(7)
    async with at_work(consumer(store, bus)):
        await post(bus, [opened.coin(ticket, 1)])
        await post(bus, [breached.coin(ticket, 2, seen={TICKETS: 1, "punctual.feedback.v1": 9})], SLA)
        await come(store, {ticket: [1, 2]})
    async with store.transaction() as tx:
        (facts,) = (await tx.history([f"escalation-{ticket}-x"])).values()
    assert facts[-1].meta.seen == {TICKETS: 1, SLA: 1, "punctual.feedback.v1": 9}


async def test_a_database_that_is_away_for_a_while_is_waited_for(dsns: Dsns, connect: Connect, kafka: Topics) -> None:
    bus, plain = await kafka(TICKETS, SLA), await connect(dsns.app, ESCALATIONS)
    letters, found = Letters(), tickets()
    async with proxied(dsns.app) as wire:
        store = await connect(wire.dsn, ESCALATIONS)
        async with at_work(consumer(store, bus)):
            await post(bus, [letters.coin(ticket, 0) for ticket in found])
            await come(plain, {ticket: [0] for ticket in found})
            wire.refusing = True
            wire.cut()
            await post(bus, [letters.coin(ticket, 1) for ticket in found])
            await asyncio.sleep(1)
            wire.swallow = 1
            wire.refusing = False
            await come(plain, {ticket: [0, 1] for ticket in found})
