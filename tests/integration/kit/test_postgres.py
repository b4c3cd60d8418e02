"""What only the real database can show: its rights, its time-outs, and a wire that breaks."""

import asyncio
from collections.abc import Iterable
from uuid import uuid4

import asyncpg
import pytest
from tests.integration.kit.conftest import Connect
from tests.integration.kit.proxy import proxied
from tests.integration.kit.test_perform import BAD, CLOCK, coins, perform, writing
from tests.integration.kit.test_store import NOW, append, write
from tests.integration.kit.toy import Drop, Jar, core, project, request, ticket_in

from contracts.envelope import Fact
from contracts.names import SHARDS
from kit.decider import Put
from kit.log.request import Done, Failed
from kit.store import BadValue, Unavailable
from punctual.local.databases import Dsns


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET type = 'another'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE events_3 SET type = 'another'",
        "DELETE FROM events_3",
        "TRUNCATE events_3",
        "UPDATE commands SET result = '{}'",
        "DELETE FROM commands",
        "TRUNCATE commands",
        "DELETE FROM erased_subjects",
        "DELETE FROM heads",
        "DELETE FROM settled",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
    ],
)
async def test_the_database_refuses_that_history_is_changed(dsns: Dsns, statement: str) -> None:
    service = await asyncpg.connect(dsns.app)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute(statement)
    finally:
        await service.close()


async def test_an_answer_lost_after_the_commit_is_asked_for_again_and_found(dsns: Dsns, connect: Connect) -> None:
    ticket = uuid4()
    async with proxied(dsns.app) as wire:
        store = await connect(wire.dsn)
        await perform(store, request(Drop(ticket_id=uuid4())))
        wire.swallow = 1
        once = request(Drop(ticket_id=ticket), answer={"number": "P-1"})
        with pytest.raises(Unavailable):
            await perform(store, once)
        assert wire.swallowed == 1
        assert await perform(store, once) == [Done({"number": "P-1", "version": 1}, replayed=True)]
        assert await coins(store, ticket) == (1,)


async def test_group_commit_bears_lost_answers(dsns: Dsns, connect: Connect) -> None:
    found = [Drop(ticket_id=uuid4()) for _ in range(100)]
    async with proxied(dsns.app) as wire:
        store = await connect(wire.dsn)
        async with writing(store) as writer:
            wire.swallow = 3
            results = await asyncio.gather(*(writer.perform(request(command)) for command in found))
        assert wire.swallowed == 3
        assert all(isinstance(result, Done) for result in results)
        for command in found:
            assert await coins(store, command.ticket_id) == (1,)


async def test_the_suite_notices_when_retries_draw_new_command_ids(dsns: Dsns, connect: Connect) -> None:
    """The rule broken on purpose: then the same wish is in the log twice."""
    ticket = uuid4()
    async with proxied(dsns.app) as wire:
        store = await connect(wire.dsn)
        await perform(store, request(Drop(ticket_id=uuid4())))
        wire.swallow = 1
        with pytest.raises(Unavailable):
            await perform(store, request(Drop(ticket_id=ticket)))
        await perform(store, request(Drop(ticket_id=ticket)))
        assert await coins(store, ticket) == (1, 1)


async def test_a_process_that_stalls_in_a_transaction_loses_its_shards_after_five_seconds(
    dsns: Dsns, connect: Connect
) -> None:
    stalled, other = await connect(dsns.app), await connect(dsns.app)
    holding = asyncio.Event()

    async def stall() -> None:
        async with stalled.transaction() as tx:
            await tx.append([append(ticket_in(7))], NOW)
            holding.set()
            await asyncio.sleep(7)

    task = asyncio.create_task(stall())
    await holding.wait()
    begun = CLOCK.elapsed()
    (stored,) = await write(other, append(ticket_in(7)))
    assert 3 < CLOCK.elapsed() - begun < 7
    assert getattr(stored, "first_seq", None) == 1
    with pytest.raises(Unavailable):
        await task


@pytest.mark.parametrize("bad", ["a \0 character", "an integer too great"])
async def test_a_value_that_the_database_refuses_leaves_its_neighbours_untouched(
    dsns: Dsns, connect: Connect, bad: str
) -> None:
    store = await connect(dsns.app)
    good = [Drop(ticket_id=uuid4()) for _ in range(20)]
    guilty = Drop(ticket_id=uuid4(), label="\0") if "\0" in bad else Drop(ticket_id=uuid4(), coin=2**40, label="big")

    def big(fact: Fact, before: Jar, after: Jar) -> Iterable[Put]:
        for put in project(fact, before, after):
            coins = fact.event.rung if fact.event.escalation == "big" else put.values["coins"]
            yield Put(put.table, put.key, put.values | {"coins": coins})

    async with writing(store, core(project=big), lanes=1) as writer:
        results = await asyncio.gather(*(writer.perform(request(one)) for one in (*good[:9], guilty, *good[9:])))
    failed = results.pop(9)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, BadValue)
    assert all(isinstance(result, Done) for result in results)
    assert await coins(store, guilty.ticket_id) == ()


async def test_a_batch_with_several_guilty_ones_still_writes_the_others(dsns: Dsns, connect: Connect) -> None:
    store = await connect(dsns.app)
    good = [Drop(ticket_id=uuid4()) for _ in range(20)]
    async with writing(store, lanes=2) as writer:
        results = await asyncio.gather(*(writer.perform(request(one)) for one in [*good, *BAD.values(), *good]))
    assert sum(isinstance(result, Done) for result in results) == 40


async def test_settling_leaves_out_shards_in_which_somebody_writes(dsns: Dsns, connect: Connect) -> None:
    store, other = await connect(dsns.app), await connect(dsns.app)
    async with store.transaction() as writing_tx:
        await writing_tx.append([append(ticket_in(7))], NOW)
        async with other.transaction() as tx:
            floor, heads = await tx.settle(NOW)
    assert floor == NOW
    assert heads == dict.fromkeys(set(range(SHARDS)) - {7}, 0)
