"""From the log to the broker: in order, without loss, whatever falls over."""

import asyncio
from collections.abc import Awaitable, Sequence
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.conftest import Connect, Topics, memory_bus
from tests.integration.kit.flow import CLOCK, at_work, eventually, first_seen, ids, on_topic, relay, rows_of
from tests.integration.kit.processes import running
from tests.integration.kit.test_perform import perform
from tests.integration.kit.test_store import append, write
from tests.integration.kit.toy import Write, request, ticket_in, tickets

from contracts.names import KEYS, SHARDS, TICKETS
from kit.bus import Bus, BusError, Producer
from kit.kafka import KafkaBus
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.relay.relay import Relay
from kit.shards.ownership import Ownership
from kit.store.values import Relayed, Row
from punctual.local import Home
from punctual.local.databases import Dsns
from punctual.local.kafka import start_kafka
from punctual.local.ports import choose
from punctual.local.topics import create_topics

Store = PostgresStore | MemoryStore


async def fill(store: Store, each: int = 5) -> dict[int, list[UUID]]:
    """So many events in each shard; their ids by shard."""
    for _ in range(each):
        await write(store, *map(append, tickets()))
    return ids(await rows_of(store))


async def sent(store: Store) -> bool:
    return not await rows_of(store)


@pytest.fixture
async def bus(store: Store, kafka: Topics) -> Bus:
    """The broker that goes with the store: both real, or both in memory."""
    return memory_bus() if isinstance(store, MemoryStore) else await kafka(TICKETS, KEYS)


async def test_each_shard_comes_out_in_its_order_while_it_is_written(store: Store, bus: Bus) -> None:
    async with at_work(relay(store, bus)):
        for _ in range(20):
            await write(store, *map(append, tickets()))
        await eventually(lambda: sent(store))
    found = await on_topic(bus)
    assert found.keys() == set(range(SHARDS))
    for facts in found.values():
        assert [fact.shard_seq for fact, _ in facts] == list(range(1, 21))
        assert len(first_seen(facts)) == 20


async def test_two_relays_share_the_shards_and_lose_nothing(dsns: Dsns, connect: Connect, kafka: Topics) -> None:
    store, bus = await connect(dsns.app), await kafka(TICKETS)
    logged = await fill(store)
    one, other = relay(store, bus), relay(await connect(dsns.app), bus)
    async with at_work(one, other):
        await eventually(lambda: sent(store))
    found = await on_topic(bus)
    assert {shard: first_seen(facts) for shard, facts in found.items()} == logged


async def test_a_relay_killed_between_acknowledgement_and_cursor_only_leaves_duplicates(
    dsns: Dsns, connect: Connect, kafka: Topics
) -> None:
    store, bus = await connect(dsns.app), await kafka(TICKETS)
    logged = await fill(store, each=20)
    async with running("relay", dsns, bus) as process:
        process.kill()
        await process.wait()
    half_way = await on_topic(bus)
    assert sum(map(len, half_way.values())) == 7 * SHARDS
    async with at_work(relay(store, bus)):
        await eventually(lambda: sent(store))
    found = await on_topic(bus)
    assert {shard: first_seen(facts) for shard, facts in found.items()} == logged
    assert sum(map(len, found.values())) == 27 * SHARDS


async def test_a_relay_that_lost_its_lease_moves_no_cursor(dsns: Dsns, connect: Connect) -> None:
    store = await connect(dsns.app)
    await fill(store, each=1)
    row = (await rows_of(store))[0]
    stale, fresh = uuid4(), uuid4()
    async with store.transaction() as tx:
        old = (await tx.lease(stale, [], 0.0)).epochs
    async with store.transaction() as tx:
        new = (await tx.lease(fresh, [], 10.0)).epochs
    assert old[row.shard] < new[row.shard]
    expected: list[tuple[int, set[int]]] = [(old[row.shard], set()), (new[row.shard], {row.shard})]
    for epoch, moved in expected:
        async with store.transaction() as tx:
            assert await tx.relayed([Relayed(row.shard, 0, 1, row.event_id, epoch)]) == moved


async def test_a_relay_takes_at_once_what_one_of_its_name_has_left(dsns: Dsns, connect: Connect, kafka: Topics) -> None:
    store, bus = await connect(dsns.app), await kafka(TICKETS)
    logged = await fill(store, each=1)
    async with store.transaction() as tx:
        assert len((await tx.lease(uuid4(), [], 3600.0, "one")).epochs) == SHARDS
    async with at_work(relay(store, bus, replica="two")):
        await asyncio.sleep(0.5)
        assert not await sent(store)
    async with at_work(relay(store, bus, replica="one")):
        await eventually(lambda: sent(store))
    found = await on_topic(bus)
    assert {shard: first_seen(facts) for shard, facts in found.items()} == logged


async def test_keys_arrive_before_the_events_that_need_them(store: Store, bus: Bus) -> None:
    people = [uuid4() for _ in range(1_200)]  # more than are read at a time
    for begin in range(0, len(people), 200):
        requests = [
            request(Write(ticket_id=uuid4(), subject_id=person, body="hello")) for person in people[begin : begin + 200]
        ]
        await perform(store, *requests)
    late: list[str] = []

    class Watching(Relay):
        """Notes whether a key still waits when an event is sent."""

        async def _sending(self, producer: Producer, row: Row, previous: UUID | None) -> Awaitable[int | None]:
            async with store.transaction() as tx:
                if await tx.keys_to_relay():
                    late.append(row.stream)
            return await super()._sending(producer, row, previous)

    own = Watching(store, bus, CLOCK, Ownership(store, CLOCK), service="jars", topic=TICKETS, wrote=asyncio.Event())
    async with at_work(own):
        await eventually(lambda: sent(store))
    assert late == []
    keys = {UUID((message.key or b"").decode()) async for message in bus.table(KEYS)}
    assert keys == set(people)


async def test_an_event_that_the_broker_refuses_stops_its_shard_only(
    dsns: Dsns, connect: Connect, kafka: Topics
) -> None:
    store = await connect(dsns.app)
    bus = await kafka(TICKETS, settings={"max.message.bytes": "50000"})
    words = " ".join(str(uuid4()) for _ in range(5_000))
    await write(store, append(ticket_in(7)))
    await write(store, append(ticket_in(7), text=words))
    await fill(store, each=3)
    async with at_work(sending := relay(store, bus)):

        async def others_are_through() -> bool:
            return {row.shard for row in await rows_of(store)} == {7}

        await eventually(others_are_through)
        await write(store, *map(append, tickets()))
        await eventually(others_are_through)
        assert {shard: refused.seq for shard, refused in sending.refused.items()} == {7: 2}
    found = await on_topic(bus)
    assert {len(facts) for shard, facts in found.items() if shard != 7} == {4}
    assert {fact.shard_seq for fact, _ in found[7]} == {1}


async def _yes(so: bool) -> bool:
    return so


async def test_a_broker_that_restarts_loses_nothing(
    dsns: Dsns, connect: Connect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("broker"))
    home.make()
    port, controller = choose(0, set()), choose(0, set())
    broker = await start_kafka(home, port, controller, print)
    try:
        await create_topics(broker.bootstrap, "")
        store, bus = await connect(dsns.app), KafkaBus(broker.bootstrap)
        sending = relay(store, bus)
        async with at_work(sending):
            for round_ in range(20):
                await write(store, *map(append, tickets()))
                if round_ == 10:
                    await broker.child.stop()
                    await write(store, *map(append, tickets()))
                    await eventually(lambda: _yes(sending.stalled_seconds() > 1), within=20)
                    broker = await start_kafka(home, port, controller, print)
            await eventually(lambda: sent(store), within=60)
            await eventually(lambda: _yes(sending.stalled_seconds() == 0))
        found = await on_topic(bus)
        assert {len(first_seen(facts)) for facts in found.values()} == {21}
    finally:
        await broker.child.stop()


async def test_the_suite_notices_a_relay_that_forgets_what_was_not_acknowledged(store: Store, bus: Bus) -> None:
    """The rule broken on purpose: a cursor that runs ahead of the broker."""

    class Forgetful(Relay):
        async def _send(
            self, producer: Producer, pending: Sequence[tuple[Row, UUID | None]], epochs: dict[int, int]
        ) -> tuple[list[Relayed], BusError | None]:
            await super()._send(producer, pending[1:], epochs)
            last = {row.shard: row for row, _ in pending}
            return [Relayed(r.shard, 0, r.shard_seq, r.event_id, epochs[r.shard]) for r in last.values()], None

    logged = await fill(store, each=1)
    own = Ownership(store, CLOCK)
    forgetful = Forgetful(store, bus, CLOCK, own, service="jars", topic=TICKETS, wrote=asyncio.Event())
    async with at_work(forgetful):
        await eventually(lambda: sent(store))
    found = await on_topic(bus)
    assert {shard: first_seen(facts) for shard, facts in found.items()} != logged
