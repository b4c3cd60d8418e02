"""Performing a ring raises what is recorded in its shard to the alarm's instant, on each kind of store."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.toy import Drop, Jar, Jars, core, follow, new_vault, request, ticket_in

from contracts import codec, wire
from contracts.envelope import Fact
from contracts.names import SLA, TICKETS, shard_of
from contracts.sla import AlarmRang
from kit.bus import Message
from kit.clock import WallClock
from kit.consume.follow import Follow
from kit.consume.inbox import Incoming, read
from kit.log.perform import Core
from kit.log.request import Done
from kit.log.writer import Writer
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.replay.replay import Rebuilt

Store = PostgresStore | MemoryStore
LAG = timedelta(hours=1)


class Lagging(WallClock):
    """A clock that is an hour behind."""

    def now(self) -> datetime:
        return super().now() - LAG


def rang(ticket: UUID, due_at: datetime) -> Incoming:
    """sla-timer's record of it."""
    event = AlarmRang(ticket_id=ticket, alarm="egg", due_at=due_at, owner=f"hen-{ticket}", set_by=uuid4())
    record = wire.record_of_row(
        source="/punctual/sla-timer",
        shard=shard_of(ticket),
        shard_seq=1,
        stream=f"alarm-{ticket}-hen",
        version=1,
        event_id=uuid4(),
        command_id=uuid4(),
        type="alarm.rang",
        schema_version=1,
        recorded_at=due_at,
        data=codec.encode(event, seal=None).decode(),
        meta={"actor": "sla-timer", "role": "service", "seen": {}},
        previous=None,
    )
    return read(Message(SLA, shard_of(ticket), 0, record.key, record.value, record.headers))


def drops(fact: Fact, policy: Any) -> list[tuple[str, Any]]:
    """What a ring brings about."""
    ticket = fact.event.ticket_id
    return [(f"ticket-{ticket}", Drop(ticket_id=ticket))]


async def recorded(store: Store, own: Core, ticket: UUID) -> list[datetime]:
    """When each event of a jar was."""
    async with store.transaction() as tx:
        return [fact.recorded_at for fact in await own.facts(tx, f"ticket-{ticket}")]


class Remembering(Jars):
    """Jars that know since when each coin has lain in them; coins of a transaction's own don't."""

    def __init__(self) -> None:
        self.knew: list[tuple[str, ...]] = []

    def decide(self, command: Any, state: Jar, /) -> list[Any]:
        self.knew.append(state.words)
        return super().decide(command, state)

    def dated(self, state: Jar, at: datetime, /) -> Jar:
        return replace(state, words=(*state.words, at.isoformat()))


async def test_a_core_that_asks_is_told_when_each_of_its_facts_was_recorded(store: Store) -> None:
    jars, ticket, first = Remembering(), ticket_in(7), WallClock().now()
    own = Core(topic=TICKETS, decider=jars, vault=new_vault())
    for now in (first, first - LAG):
        async with store.transaction() as tx:
            await own.perform(tx, [request(Drop(ticket_id=ticket)), request(Drop(ticket_id=ticket))], now)
    on_record = (first.isoformat(),) * 2
    assert jars.knew == [(), (), on_record, on_record]
    async with store.transaction() as tx:
        assert (await own.state(tx, f"ticket-{ticket}"))[0].words == on_record * 2
        facts = await own.facts(tx, f"ticket-{ticket}")
    rebuilt = Rebuilt()
    for fact in facts:
        rebuilt.apply(jars, lambda *_: (), fact)
    assert rebuilt.states[f"ticket-{ticket}"].words == on_record * 2


@pytest.fixture
def lagging() -> Follow:
    return follow(core(), react=drops, clock=Lagging())


async def test_nothing_recorded_after_a_ring_in_its_shard_is_before_the_instant_that_it_rang_for(
    store: Store, lagging: Follow
) -> None:
    due_at, own = WallClock().now(), lagging.core
    rings, neighbour, other, elsewhere = ticket_in(7), ticket_in(7), ticket_in(7), ticket_in(8)
    writer = Writer(store, own, Lagging())
    writing = asyncio.create_task(writer.run())
    try:
        assert isinstance(await writer.perform(request(Drop(ticket_id=rings))), Done)
        async with store.transaction() as tx:
            await lagging.all(tx, [rang(rings, due_at)])
        for ticket in (rings, neighbour, elsewhere):
            assert isinstance(await writer.perform(request(Drop(ticket_id=ticket))), Done)
        together = await writer.perform_together([request(Drop(ticket_id=one)) for one in (other, ticket_in(9))])
        assert all(isinstance(one, Done) for one in together)
    finally:
        writing.cancel()
    before, rung, after = await recorded(store, own, rings)
    assert before < due_at == rung == after
    assert await recorded(store, own, neighbour) == [due_at] == await recorded(store, own, other)
    assert (await recorded(store, own, elsewhere))[0] < due_at


async def test_a_ring_and_what_is_done_with_it_in_one_transaction_are_recorded_at_its_instant(
    store: Store, lagging: Follow
) -> None:
    due_at, (one, other) = WallClock().now(), (ticket_in(7), ticket_in(7))
    async with store.transaction() as tx:
        await lagging.all(tx, [rang(one, due_at - LAG * 2), rang(other, due_at)])
    assert await recorded(store, lagging.core, one) == [due_at] == await recorded(store, lagging.core, other)


async def test_a_ring_of_long_ago_takes_no_shard_back(store: Store, lagging: Follow) -> None:
    ticket, now = ticket_in(7), WallClock().now()
    async with store.transaction() as tx:
        await lagging.core.perform(tx, [request(Drop(ticket_id=ticket))], now)
    async with store.transaction() as tx:
        await lagging.all(tx, [rang(ticket, now - 2 * LAG)])
    assert await recorded(store, lagging.core, ticket) == [now, now]
