"""What a topic has lost is sent again: the same bytes under the same ids, a shard at a time, and nothing is doubled."""

from pathlib import Path
from uuid import uuid4

import pytest
from tests.conftest import Factory
from tests.integration.kit import going_back
from tests.integration.kit.conftest import Topics, memory_bus
from tests.integration.kit.flow import CLOCK, at_work, eventually, on_topic
from tests.integration.kit.flow import relay as relaying
from tests.integration.kit.losing_records import lose_records
from tests.integration.kit.serving import command, serving
from tests.integration.kit.test_perform import perform
from tests.integration.kit.test_relay import fill, sent
from tests.integration.kit.test_runner import account, load, more
from tests.integration.kit.toy import Drop, Write, request, ticket_in
from tests.stack import Addresses

from contracts.names import KEYS, SHARDS, TICKETS
from kit.bus import Bus
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.relay.republish import Progress, Refused, republish
from kit.store.values import Relayed

Store = PostgresStore | MemoryStore


@pytest.fixture
async def bus(store: Store, kafka: Topics) -> Bus:
    """The broker that goes with the store: both real, or both in memory."""
    return memory_bus() if isinstance(store, MemoryStore) else await kafka(TICKETS, KEYS)


async def watched(store: Store, shards: list[int], *, keys: bool = False) -> list[Progress]:
    return [progress async for progress in republish(store, CLOCK, shards, keys=keys)]


async def test_everything_goes_out_again_as_it_was_and_only_where_it_is_asked_for(store: Store, bus: Bus) -> None:
    await fill(store, each=3)
    async with at_work(relaying(store, bus)):
        await eventually(lambda: sent(store))
        progress = await watched(store, [4, 9])
        await perform(store, request(Drop(ticket_id=ticket_in(4))))
        await eventually(lambda: sent(store))
    assert [one.shard for one in progress if one.done] == [4, 9]
    assert all(one.events == 3 for one in progress)
    for shard, facts in (await on_topic(bus)).items():
        numbers = [fact.shard_seq for fact, _ in facts]
        assert numbers == [1, 2, 3, 1, 2, 3][: 6 if shard in (4, 9) else 3] + [4] * (shard == 4), shard
        assert [(fact, previous) for fact, previous in facts[3:6]] == facts[:3][: len(facts[3:6])]


async def test_the_cursor_bears_the_id_of_the_event_there(store: Store, bus: Bus) -> None:
    ids = await fill(store, each=3)
    async with at_work(relaying(store, bus)):
        await eventually(lambda: sent(store))
    async with store.transaction() as tx:
        assert await tx.republish(7, 2)
        assert not await tx.republish(8, 3)  # it has sent no more than that
    async with store.transaction() as tx:
        [(row, previous)] = (await tx.pending(range(SHARDS), 10)).events
    assert (row.shard, row.shard_seq, previous) == (7, 3, ids[7][1])


async def test_what_was_under_way_does_not_pass_for_sent(store: Store) -> None:
    """Of a shard that had noted nothing yet: its cursor stands where it is set back to."""
    ids = await fill(store, each=3)
    async with store.transaction() as tx:
        epoch = (await tx.lease(uuid4(), [], 60.0)).epochs[7]
    await watched(store, [7])
    async with store.transaction() as tx:
        assert await tx.relayed([Relayed(7, 0, 2, ids[7][1], epoch)]) == set()
        assert await tx.relayed([Relayed(7, 0, 2, ids[7][1], epoch + 1)]) == {7}


async def test_keys_go_out_again_before_the_words_that_need_them(store: Store, bus: Bus) -> None:
    ticket, subject = ticket_in(2), uuid4()
    await perform(store, request(Write(ticket_id=ticket, subject_id=subject, body="Help!")))
    async with at_work(relaying(store, bus)):
        await eventually(lambda: sent(store))
        await watched(store, [2], keys=True)
    keys = [message.key async for message in bus.table(KEYS)]
    assert keys == [str(subject).encode()] * 2


async def test_keys_go_out_again_where_no_event_does(store: Store, bus: Bus) -> None:
    subject = uuid4()

    async def out() -> bool:
        async with store.transaction() as tx:
            return not await tx.keys_to_relay()

    await perform(store, request(Write(ticket_id=ticket_in(2), subject_id=subject, body="Help!")))
    async with at_work(relaying(store, bus)):
        await eventually(lambda: sent(store))
        await watched(store, [3], keys=True)
        await eventually(out)
    keys = [message.key async for message in bus.table(KEYS)]
    assert keys == [str(subject).encode()] * 2


async def test_nothing_is_sent_of_a_shard_that_has_stopped(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.close(3, "somebody must see to it")
    with pytest.raises(Refused, match="somebody must see to it"):
        await watched(store, [2, 3])


async def test_clocks_start_though_the_topic_had_lost_what_they_start_from(
    stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    async with (
        serving("intake", stack, database, prefix, tmp_path) as intake,
        serving("sla-timer", stack, database, prefix, tmp_path) as timer,
    ):
        await intake.start()
        await intake.ready()
        async with load(intake, await account(intake), 2) as given:
            await more(given, 5)
        superuser = stack.postgres_superuser_dsn
        behind = "SELECT true FROM heads h JOIN relay_cursor r USING (shard) WHERE r.seq < h.seq"

        async def relayed() -> bool:
            return not await going_back.fetch(superuser, intake.dsns.app, behind)

        await eventually(relayed)
        await lose_records(stack.kafka, prefix + TICKETS)
        await timer.start()
        await timer.ready()
        clocks = "SELECT ticket_id::text FROM clocks"
        assert await going_back.fetch(superuser, timer.dsns.app, clocks) == []

        said = await command(intake.env, "republish", "intake")
        assert "punctual.tickets.v1 shard 0: " in said
        assert said.rstrip().endswith("of 64 shards were sent again.")

        async def started() -> bool:
            return set(await going_back.fetch(superuser, timer.dsns.app, clocks)) == given

        await eventually(started)
        await command(intake.env, "republish", TICKETS, "--shard", "5", "--shard", "6")
        each = "SELECT count(*) FROM events WHERE type = 'clock.started' GROUP BY stream_id"
        assert await going_back.fetch(superuser, timer.dsns.app, each) == [1] * len(given)
