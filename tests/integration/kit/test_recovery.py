"""A log that went back in time takes up what the broker has of it before anything is appended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.conftest import Factory
from tests.integration.kit import going_back
from tests.integration.kit.conftest import Connect, Topics, new_database
from tests.integration.kit.flow import CLOCK, at_work, eventually, first_seen, on_topic, relay
from tests.integration.kit.test_perform import coins, perform
from tests.integration.kit.toy import Drop, DropFirst, Write, core, new_vault, request, ticket_in, tickets
from tests.stack import Addresses

from contracts.names import KEYS, SHARDS, TICKETS, shard_of
from kit.bus import BusError, Message
from kit.kafka import KafkaBus
from kit.log.perform import Core
from kit.log.request import Done, Refused
from kit.personal.keys import KeyTable
from kit.postgres import PostgresStore
from kit.recovery.adoption import Adoption
from kit.recovery.recovery import Recovery
from kit.shards.ownership import LeaseTerm, Ownership
from kit.store.rows import record_of
from kit.store.values import Held, Row
from punctual.local.databases import Dsns

EVERY = {"events": "shard, shard_seq", "jars": "ticket_id", "heads": "shard", "seen": "shard, topic"}
"""Tables that must be the same as before, in which order. Of commands, see below."""


@dataclass
class Place:
    """A toy service's database and topic. `dsns.app` leads to it, whichever database is there by now."""

    superuser: str
    dsns: Dsns
    store: PostgresStore
    bus: KafkaBus

    async def relayed(self) -> None:
        """Send all that is there."""
        async with at_work(relay(self.store, self.bus)):
            await eventually(self._sent)

    async def _sent(self) -> bool:
        return not await self.store.query("SELECT FROM heads h JOIN relay_cursor r USING (shard) WHERE r.seq < h.seq")

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """What the log and what follows from it are."""
        found = {}
        for table, order in EVERY.items():
            rows = await self.store.query(f"SELECT t.*, t::text FROM {table} t ORDER BY {order}")
            found[table] = [tuple(row) for row in rows]
        return found

    async def log(self) -> list[Row]:
        return [Row(*row) for row in await self.store.query("SELECT * FROM events ORDER BY shard, shard_seq")]


def recovery(
    place: Place,
    bus: Any = None,
    own: Core | None = None,
    shards: Sequence[int] = range(SHARDS),
    restored: Callable[[], Awaitable[None]] | None = None,
) -> Recovery:
    bus = bus or place.bus
    ownership = Ownership(place.store, CLOCK)
    ownership.leased = dict.fromkeys(shards, LeaseTerm(1, 0.0))
    keys = KeyTable(place.store, bus)
    adoption = Adoption(store=place.store, bus=bus, clock=CLOCK, core=own or core(), keys=keys, topic=TICKETS)
    return Recovery(
        store=place.store, clock=CLOCK, ownership=ownership, adoption=adoption, topic=TICKETS, restored=restored
    )


@pytest.fixture
async def place(stack: Addresses, database: Factory, connect: Connect, kafka: Topics) -> Place:
    dsns = await new_database(database)
    found = Place(stack.postgres_superuser_dsn, dsns, await connect(dsns.app), await kafka(TICKETS, KEYS))
    own = recovery(found)
    async with at_work(own):
        await eventually(lambda: _compared(own))
    return found


async def fill(place: Place, wishes: Sequence[Drop]) -> None:
    requests = [request(wish, key=f"{wish.ticket_id}{wish.coin}", answer={"is": "it"}) for wish in wishes]
    await perform(place.store, *requests)
    await place.relayed()


Back = Callable[[Place, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Let something happen, and then not have happened."""


async def row_by_row(place: Place, happens: Callable[[], Awaitable[None]]) -> None:
    await going_back.save(place.superuser, place.dsns.app)
    await happens()
    await going_back.restore(place.superuser, place.dsns.app)


async def as_a_whole(place: Place, happens: Callable[[], Awaitable[None]]) -> None:
    name = f"copy_{uuid4().hex}"
    await going_back.copy(place.superuser, place.dsns.app, name)
    await happens()
    await going_back.put_back(place.superuser, place.dsns.app, name)


@pytest.mark.parametrize("back", [row_by_row, as_a_whole])
async def test_what_was_lost_is_taken_up_again_byte_for_byte_with_all_that_follows(place: Place, back: Back) -> None:
    early, late = tickets(), tickets()
    await fill(place, [Drop(ticket_id=ticket, coin=1) for ticket in early])
    before: dict[str, list[tuple[Any, ...]]] = {}

    async def happens() -> None:
        await fill(place, [Drop(ticket_id=ticket, coin=coin) for ticket in early[:20] for coin in (2, 3)])
        await fill(place, [Drop(ticket_id=ticket, coin=5, label="late", times=2) for ticket in late])
        before.update(await place.rows())

    await back(place, happens)
    assert len(await place.log()) == SHARDS
    fresh = Drop(ticket_id=ticket_in(3), coin=7)
    assert await perform(place.store, request(fresh)) == [Held()]

    async with at_work(recovery(place)):
        await eventually(lambda: _is_done(place, fresh), 20)
        [again] = await perform(place.store, request(Drop(ticket_id=late[0], coin=5), key=f"{late[0]}5"))
        assert again == Done({"version": 2}, replayed=True)
    after = await place.rows()
    mine = {fresh.ticket_id}
    assert [row for row in after["events"] if row[2] != f"ticket-{fresh.ticket_id}"] == before["events"]
    assert [row for row in after["jars"] if row[0] not in mine] == before["jars"]
    assert [row for row in after["heads"] if row[0] != 3] == [row for row in before["heads"] if row[0] != 3]
    assert after["seen"] == before["seen"]

    await place.relayed()
    sent = await on_topic(place.bus)
    for shard, facts in sent.items():
        assert [fact.shard_seq for fact, _ in facts] == list(range(1, len(facts) + 1)), shard
        assert [previous for _, previous in facts] == [None, *(fact.event_id for fact, _ in facts[:-1])]


@pytest.mark.parametrize("back", [row_by_row, as_a_whole])
async def test_a_relay_that_has_not_noticed_yet_hides_nothing_that_the_log_lacks(place: Place, back: Back) -> None:
    ticket = ticket_in(3)
    await perform(place.store, request(Drop(ticket_id=ticket, coin=1)))
    before: dict[str, list[tuple[Any, ...]]] = {}

    async def happens() -> None:
        await fill(place, [Drop(ticket_id=ticket, coin=coin) for coin in (2, 3)])
        before.update(await place.rows())

    await back(place, happens)
    async with at_work(relay(place.store, place.bus)):
        await eventually(lambda: _came_twice(place, shard=3))
    async with at_work(own := recovery(place)):
        await eventually(lambda: _compared(own), 20)
    assert await place.rows() == before


async def _came_twice(place: Place, shard: int) -> bool:
    facts = (await on_topic(place.bus))[shard]
    return len({fact.event_id for fact, _ in facts}) < len(facts)


async def _is_done(place: Place, wish: Drop) -> bool:
    return isinstance((await perform(place.store, request(wish, key="fresh")))[0], Done)


async def test_only_the_shard_that_is_behind_waits(place: Place) -> None:
    one, other = ticket_in(5), ticket_in(6)
    await row_by_row(place, lambda: fill(place, [Drop(ticket_id=one)]))
    async with at_work(recovery(place, shards=[6])):
        await eventually(lambda: _is_done(place, Drop(ticket_id=other)), 20)
        assert await perform(place.store, request(Drop(ticket_id=one, coin=2))) == [Held()]
        # Together, each stands alone.
        held, done = await perform(
            place.store, request(Drop(ticket_id=one, coin=3)), request(Drop(ticket_id=other, coin=4))
        )
        assert held == Held()
        assert isinstance(done, Done)


async def test_what_the_broker_never_had_is_gone_and_its_number_is_given_anew(place: Place) -> None:
    ticket = ticket_in(8)

    async def happens() -> None:
        await fill(place, [Drop(ticket_id=ticket, coin=1)])
        await perform(place.store, request(Drop(ticket_id=ticket, coin=2)))

    await row_by_row(place, happens)
    async with at_work(recovery(place)):
        await eventually(lambda: _is_done(place, Drop(ticket_id=ticket, coin=3)), 20)
    assert await coins(place.store, ticket) == (1, 3)


async def test_a_shard_that_was_written_before_it_was_complete_stops_by_name_and_no_other_does(place: Place) -> None:
    forked, other = ticket_in(9), ticket_in(10)
    await row_by_row(place, lambda: fill(place, [Drop(ticket_id=forked, coin=1), Drop(ticket_id=other, coin=1)]))
    async with going_back.administering(place.superuser, place.dsns.app) as admin:
        await admin.execute("UPDATE verified SET server = NULL")  # as if nobody had known better
    await perform(place.store, request(Drop(ticket_id=forked, coin=2)))
    own = recovery(place)
    async with at_work(own):
        await eventually(lambda: _says(own, 9))
        assert isinstance((await perform(place.store, request(Drop(ticket_id=other, coin=3))))[0], Done)
        [held] = await perform(place.store, request(Drop(ticket_id=forked, coin=4)))
        assert isinstance(held, Held)
        assert "number 1 is event" in held.reason
        # Somebody who sees to it gets the right database, which is compared anew.
        await going_back.restore(place.superuser, place.dsns.app)
        await eventually(lambda: _is_done(place, Drop(ticket_id=forked, coin=5)), 20)
    assert await coins(place.store, forked) == (1, 5)


async def _has(place: Place, ticket: UUID, dropped: tuple[int, ...]) -> bool:
    with suppress(AssertionError):  # the row may have been written between the two looks
        return await coins(place.store, ticket) == dropped
    return False


async def _says(own: Recovery, shard: int) -> bool:
    return bool(own.closed.get(shard) and own.closed[shard].reason)


async def test_words_are_readable_again_for_their_keys_come_first(place: Place) -> None:
    ticket, subject = uuid4(), uuid4()

    async def happens() -> None:
        await perform(place.store, request(Write(ticket_id=ticket, subject_id=subject, body="Help!")))
        await place.relayed()

    await row_by_row(place, happens)
    assert await place.store.query("SELECT * FROM subject_keys") == []
    own = core(vault=new_vault())
    async with at_work(recovery(place, own=own)):
        await eventually(lambda: _is_done(place, Drop(ticket_id=ticket)), 20)
    async with place.store.transaction() as tx:
        state, _ = await core().state(tx, f"ticket-{ticket}")
    assert state.words == ("Help!",)


class Away:
    """A broker that is not there."""

    answers = False

    async def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        if not self.answers:
            raise BusError("away")
        yield []

    async def table(self, topic: str) -> AsyncIterator[Message]:
        async for messages in self.beyond(topic, {}):
            for message in messages:
                yield message


async def test_without_a_broker_a_database_stays_open_unless_it_is_another(place: Place) -> None:
    ticket = ticket_in(11)
    async with going_back.administering(place.superuser, place.dsns.app) as admin:
        # Its server was started anew, as far as it can tell.
        await admin.execute(
            "UPDATE verified SET written = pg_current_xact_id()::xid,"
            " server = regexp_replace(server, '[^/]*$', '1.000000')"
        )
    assert await perform(place.store, request(Drop(ticket_id=ticket, coin=1))) == [Held()]
    async with at_work(recovery(place, Away())):
        await eventually(lambda: _is_done(place, Drop(ticket_id=ticket, coin=1)), 20)
    await row_by_row(place, lambda: fill(place, [Drop(ticket_id=ticket, coin=2)]))
    async with at_work(recovery(place, Away())):
        await asyncio.sleep(1.5)
        assert await perform(place.store, request(Drop(ticket_id=ticket, coin=3))) == [Held()]
    async with at_work(recovery(place)):
        await eventually(lambda: _has(place, ticket, (1, 2)), 20)


async def test_a_command_that_is_known_is_answered_though_its_shard_takes_nothing(place: Place) -> None:
    wish = request(Drop(ticket_id=ticket_in(12)), answer={"number": "P-1"})
    await perform(place.store, wish)
    await row_by_row(place, lambda: asyncio.sleep(0))
    assert await perform(place.store, wish) == [Done({"number": "P-1", "version": 1}, replayed=True)]


async def test_nothing_is_refused_by_a_log_that_may_lack_what_would_allow_it(place: Place) -> None:
    full, empty = ticket_in(12), ticket_in(13)
    await fill(place, [Drop(ticket_id=full)])
    refused = request(DropFirst(ticket_id=full))
    await row_by_row(place, lambda: fill(place, [Drop(ticket_id=empty)]))
    assert await perform(place.store, refused) == [Held()]
    async with at_work(recovery(place, shards=[13])):
        await eventually(lambda: _is_done(place, Drop(ticket_id=empty, coin=2)), 20)
        [known] = await perform(place.store, request(DropFirst(ticket_id=empty)))
        assert isinstance(known, Refused)
        assert await perform(place.store, refused) == [Held()]


async def test_nothing_is_settled_in_a_shard_that_takes_nothing(place: Place) -> None:
    async with place.store.transaction() as tx:
        assert len((await tx.settle(CLOCK.now()))[1]) == SHARDS
    await row_by_row(place, lambda: asyncio.sleep(0))
    async with place.store.transaction() as tx:
        assert (await tx.settle(CLOCK.now()))[1] == {}


async def test_a_topic_that_was_remade_is_read_from_its_beginning(place: Place, kafka: Topics) -> None:
    ticket = ticket_in(13)
    await fill(place, [Drop(ticket_id=ticket, coin=coin) for coin in (1, 2, 3)])
    place.bus = await kafka(TICKETS, KEYS)  # nothing is in it, and offsets begin anew
    own = recovery(place)
    await own.begin()
    async with at_work(own):
        await eventually(lambda: _compared(own))
        assert await coins(place.store, ticket) == (1, 2, 3)
        assert shard_of(ticket) not in own.closed


@pytest.mark.parametrize("koffset", [6, 9])
async def test_what_came_before_what_it_follows_on_is_sent_again(place: Place, koffset: int) -> None:
    """A failed sender's records 4 and 5 overtook 3. Who reads in order has passed them over, and waits for 4."""
    ticket = ticket_in(13)
    await perform(place.store, *[request(Drop(ticket_id=ticket, coin=coin), key=str(coin)) for coin in range(1, 6)])
    rows = await place.log()
    producer = await place.bus.producer()
    for seq in (1, 2, 4, 5, 3):
        record = record_of(rows[seq - 1], rows[seq - 2].event_id if seq > 1 else None, "/punctual/jars")
        await (await producer.send(TICKETS, 13, record.key, record.value, record.headers))
    await producer.close()
    async with going_back.administering(place.superuser, place.dsns.app) as admin:
        await admin.execute(
            "UPDATE relay_cursor SET seq = 3, event_id = $1, koffset = $2 WHERE shard = 13", rows[2].event_id, koffset
        )
    async with at_work(own := recovery(place)):
        await eventually(lambda: _compared(own))
        await place.relayed()
    assert first_seen((await on_topic(place.bus))[13]) == [row.event_id for row in rows]


async def test_what_a_process_had_done_before_its_work_is_done_again_once_the_log_is_whole(place: Place) -> None:
    ticket, heads = ticket_in(13), []

    async def again() -> None:
        heads.append(await coins(place.store, ticket))

    async with at_work(own := recovery(place, restored=again)):
        await eventually(lambda: _compared(own))
        await row_by_row(place, lambda: fill(place, [Drop(ticket_id=ticket, coin=1)]))
        await eventually(lambda: _has(place, ticket, (1,)), 20)
        await eventually(lambda: _any(heads))
    assert heads == [(1,)]


async def test_what_another_replica_compared_before_we_looked_is_noticed(place: Place) -> None:
    """What we remember of before, such as what was heard, counts no more."""
    ticket, times = ticket_in(13), []

    async def again() -> None:
        times.append(await coins(place.store, ticket))

    own = recovery(place, restored=again)
    await own._look()
    assert await _compared(own)
    before = own._ownership.leased
    await own._look()
    assert (own._ownership.leased, times) == (before, [])
    await row_by_row(place, lambda: fill(place, [Drop(ticket_id=ticket, coin=1)]))
    await recovery(place).begin(every=True)
    assert await _has(place, ticket, (1,))
    await own._look()
    assert await _compared(own)
    assert times == [(1,)]
    assert all(own._ownership.leased[shard].since > term.since for shard, term in before.items())


async def test_what_another_replica_has_stopped_stays_so_until_it_is_opened_again(place: Place) -> None:
    ticket = ticket_in(13)
    own = recovery(place)
    await own._look()
    async with place.store.transaction() as tx:
        await tx.close(13, "it has parted")
    for _ in range(2):
        await own._look()
        assert own.stopped(13) == "it has parted"
        assert await perform(place.store, request(Drop(ticket_id=ticket))) == [Held("it has parted")]
    async with place.store.transaction() as tx:
        await tx.open(13)
    await own._look()
    assert await _compared(own)
    assert isinstance((await perform(place.store, request(Drop(ticket_id=ticket))))[0], Done)


async def _any(found: Sequence[object]) -> bool:
    return bool(found)


async def test_what_the_broker_has_lost_is_said_until_it_is_sent_again(place: Place, kafka: Topics) -> None:
    ticket = ticket_in(13)
    await fill(place, [Drop(ticket_id=ticket, coin=coin) for coin in (1, 2, 3)])
    place.bus = await kafka(TICKETS, KEYS)
    async with at_work(own := recovery(place)):
        await eventually(lambda: _compared(own))
        assert own.adoption.lost.keys() == {13}
        assert any("punctual republish" in warning for warning in own.warnings())
        async with place.store.transaction() as tx:
            await tx.republish(13, 0)
        await place.relayed()
        await eventually(lambda: _nothing_lost(own), within=60)
    async with at_work(own := recovery(place)):
        await eventually(lambda: _compared(own))
        assert not own.adoption.lost


async def _nothing_lost(own: Recovery) -> bool:
    return not own.adoption.lost


async def _compared(own: Recovery) -> bool:
    return all(own.compared(shard) for shard in range(SHARDS))
