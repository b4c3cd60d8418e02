"""What can't be understood is set aside with all that follows about the same ticket, and redriven in order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.integration.kit.conftest import memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.letters import Letters, effects, of_another_release, post
from tests.integration.kit.test_consume import come, consumer
from tests.integration.kit.toy import Drop, core, drop_for_each, follow, ticket_in

from contracts.envelope import Fact
from contracts.escalations import EscalationAcknowledged
from contracts.names import ESCALATIONS, SLA, TICKETS
from contracts.wire import Record
from kit.bus import Bus
from kit.consume import redrive
from kit.consume.follow import Poison
from kit.consume.retrying import Retrying
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.store import Store
from kit.store.values import Parked

BOTH = [TICKETS, SLA]


def react(fact: Fact, policy: Any) -> Sequence[tuple[str, Any]]:
    """Trips over coins of 66, makes a command that will be refused of 77, one too large to store of 88."""
    steps = drop_for_each(fact, policy)
    if isinstance(fact.event, EscalationAcknowledged) and fact.event.rung == 66:
        raise ZeroDivisionError("66")
    if isinstance(fact.event, EscalationAcknowledged) and fact.event.rung == 77:
        return [(stream, Drop(ticket_id=command.ticket_id, coin=-1)) for stream, command in steps]
    if isinstance(fact.event, EscalationAcknowledged) and fact.event.rung == 88:
        return [(stream, Drop(ticket_id=command.ticket_id, label="x" * 600_000)) for stream, command in steps]
    return steps


def unreadable(letters: Letters, ticket: UUID) -> Record:
    return letters.coin(ticket, 1, data='{"ticket_id":"no uuid","escalation":"","rung":1}')


def unheard_of(letters: Letters, ticket: UUID) -> Record:
    return of_another_release(letters.coin(ticket, 1))


POISON: dict[str, Callable[[Letters, UUID], Record]] = {
    "an event that doesn't decode": unreadable,
    "an event of a newer release": unheard_of,
    "a bug in react": lambda letters, ticket: letters.coin(ticket, 66),
    "a command that is refused": lambda letters, ticket: letters.coin(ticket, 77),
    "a value that can't be stored": lambda letters, ticket: letters.coin(ticket, 88),
}


@pytest.fixture
async def bus() -> Bus:
    return memory_bus()


async def aside(store: Store) -> list[Parked]:
    return await redrive.parked(store)


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_poison_sets_its_ticket_aside_across_topics_and_the_others_go_on(
    store: PostgresStore | MemoryStore, bus: Bus, poison: Callable[[Letters, UUID], Record]
) -> None:
    tickets, sla = Letters(), Letters(SLA)
    ticket, neighbour = ticket_in(7), ticket_in(7)
    async with at_work(own := consumer(store, bus, follow(react=react))):
        await post(bus, [tickets.coin(ticket, 0), poison(tickets, ticket), tickets.coin(neighbour, 1)])
        await come(store, {ticket: [0], neighbour: [1]})
        await post(bus, [sla.coin(ticket, 3), sla.coin(neighbour, 2)], SLA)
        await come(store, {ticket: [0], neighbour: [1, 2]})
        await post(bus, [tickets.coin(ticket, 4), tickets.coin(neighbour, 5)])
        await come(store, {ticket: [0], neighbour: [1, 2, 5]})
        assert own.parked == {ticket}
    found = await aside(store)
    assert [(one.source, one.seq, one.identity) for one in found] == [
        (TICKETS, 2, ticket),
        (SLA, 1, ticket),
        (TICKETS, 4, ticket),
    ]
    assert {one.reason for one in found[1:]} == {"follows a parked record"}
    async with store.transaction() as tx:
        assert {at.seq for at in (await tx.cursors(BOTH, [7])).values()} == {5, 2}


async def test_what_nobody_here_heeds_passes_undecoded_and_parks_nothing(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    """Neither a type that only a newer release knows, nor a version or a form of one that is none of its business."""
    ticket, tickets = ticket_in(7), Letters()
    heeding = replace(follow(), heeds={"escalation.acknowledged"})
    melted = of_another_release(tickets.coin(ticket, 0))
    of_later = of_another_release(tickets.coin(ticket, 1, data="[]"), "punctual.ticket.opened.v99")
    async with at_work(own := consumer(store, bus, heeding)):
        await post(bus, [melted, of_later, tickets.coin(ticket, 2), tickets.coin(ticket, 3)])
        await come(store, {ticket: [2, 3]})
        assert own.parked == set()


async def spoil(store: Store, bus: Bus) -> tuple[UUID, Letters]:
    """A ticket with a coin applied and three set aside, from two topics."""
    ticket, tickets = ticket_in(7), Letters()
    async with at_work(consumer(store, bus, follow(react=react))):
        await post(bus, [tickets.coin(ticket, 0), tickets.coin(ticket, 66)])
        await come(store, {ticket: [0]})
        await post(bus, [Letters(SLA).coin(ticket, 1)], SLA)
        await eventually(lambda: count(store, 2))
        await post(bus, [tickets.coin(ticket, 2)])
        await eventually(lambda: count(store, 3))
    return ticket, tickets


async def count(store: Store, expected: int) -> bool:
    return len(await aside(store)) == expected


async def test_a_redrive_applies_all_of_it_in_order_and_the_ticket_goes_on(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    ticket, tickets = await spoil(store, bus)
    assert await redrive.retry(store, follow(), 7, ticket) == 3
    assert await effects(store, [ticket]) == {ticket: [0, 66, 1, 2]}
    assert await aside(store) == []
    async with at_work(consumer(store, bus)):
        await post(bus, [tickets.coin(ticket, 3)])
        await come(store, {ticket: [0, 66, 1, 2, 3]})


async def test_a_redrive_that_fails_leaves_everything_set_aside(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    ticket, _ = await spoil(store, bus)
    before = await aside(store)
    with pytest.raises(Poison, match="66"):
        await redrive.retry(store, follow(react=react), 7, ticket)
    assert await aside(store) == before
    assert await effects(store, [ticket]) == {ticket: [0]}


async def test_a_redrive_names_the_record_that_can_not_be_stored(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    """Simulation found that it died of what the database had said."""
    ticket, tickets = ticket_in(7), Letters()
    async with at_work(consumer(store, bus, follow(react=react))):
        await post(bus, [tickets.coin(ticket, 0), tickets.coin(ticket, 66), tickets.coin(ticket, 1)])
        await post(bus, [tickets.coin(ticket, 88), tickets.coin(ticket, 2)])
        await eventually(lambda: count(store, 4))
    before = await aside(store)

    def mended(fact: Fact, policy: Any) -> Sequence[tuple[str, Any]]:
        return drop_for_each(fact, policy) if fact.event.rung == 66 else react(fact, policy)

    with pytest.raises(Poison) as poison:
        await redrive.retry(store, follow(react=mended), 7, ticket)
    assert (poison.value.place, poison.value.seq) == ((TICKETS, 7), 4)
    assert await aside(store) == before
    assert await effects(store, [ticket]) == {ticket: [0]}


class Trips:
    """What follows from coins in one release of the code, and how often it was asked about the bad one."""

    def __init__(self, message: str = "") -> None:
        self.message, self.asked = message, 0

    def __call__(self, fact: Fact, policy: Any) -> Sequence[tuple[str, Any]]:
        if fact.event.rung == 66:
            self.asked += 1
            if self.message:
                raise ZeroDivisionError(self.message)
        return drop_for_each(fact, policy)


def retrying(store: Store, react: Trips, release: str, shard: int = 7) -> Retrying:
    return Retrying(store, replace(follow(react=react), release=release), BOTH, lambda: {shard})


async def test_each_new_release_tries_once_what_older_ones_have_set_aside(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    ticket, _ = await spoil(store, bus)
    same, next_, good = Trips("66"), Trips("no\0t yet"), Trips()
    await retrying(store, same, "").look()  # that is the one which set it aside
    assert same.asked == 0
    for _ in range(2):
        await retrying(store, next_, "two").look()
    found = await aside(store)
    assert next_.asked == 1
    assert [one.reason for one in found][1:] == ["follows a parked record"] * 2
    assert "yet" in found[0].reason
    await retrying(store, same, "").look()  # rolled back: it had its try
    assert same.asked == 0
    await retrying(store, good, "three", shard=8).look()  # not its shard
    assert good.asked == 0
    await retrying(store, good, "three").look()
    assert await effects(store, [ticket]) == {ticket: [0, 66, 1, 2]}
    assert await aside(store) == []


async def test_a_consumer_of_a_new_release_goes_on_where_the_older_one_had_set_aside(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    ticket, tickets = await spoil(store, bus)
    async with at_work(own := consumer(store, bus, replace(follow(), release="two"))):
        await post(bus, [tickets.coin(ticket, 4)])  # set aside by this release, behind what it has not tried
        await eventually(lambda: count(store, 4))
        await retrying(store, Trips(), "two").look()
        await post(bus, [tickets.coin(ticket, 5)])
        await come(store, {ticket: [0, 66, 1, 2, 4, 5]})
        await own._look_for_redriven()
        assert own.parked == set()


async def test_what_is_dropped_has_no_effect_and_the_ticket_goes_on(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    ticket, tickets = await spoil(store, bus)
    assert await redrive.drop(store, 7, ticket) == 3
    async with at_work(consumer(store, bus)):
        await post(bus, [tickets.coin(ticket, 3)])
        await come(store, {ticket: [0, 3]})


async def test_nothing_slips_in_between_a_redrive_and_what_it_redrives(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    """New records of both topics come while the redrive is under way; it holds their cursors."""
    ticket, tickets = await spoil(store, bus)
    begun, go_on = asyncio.Event(), asyncio.Event()

    own = core(ESCALATIONS)
    perform = own.perform

    async def performing(*args: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await perform(*args)

    own.perform = performing  # type: ignore[method-assign,assignment]
    redriving = asyncio.create_task(redrive.retry(store, follow(own), 7, ticket))
    await begun.wait()
    async with at_work(consumer(store, bus)):
        await post(bus, [tickets.coin(ticket, 3)])
        await asyncio.sleep(0.5)
        go_on.set()
        assert await redriving == 3
        await come(store, {ticket: [0, 66, 1, 2, 3]})


async def test_what_was_redriven_by_hand_is_noticed(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    ticket, _ = await spoil(store, bus)
    async with at_work(own := consumer(store, bus)):

        async def noticed() -> bool:
            return own.parked == {ticket}

        await eventually(noticed)
        await redrive.retry(store, follow(), 7, ticket)
        await own._look_for_redriven()
        assert own.parked == set()


async def test_a_record_that_is_none_of_ours_is_passed_over(store: PostgresStore | MemoryStore, bus: Bus) -> None:
    ticket, tickets = ticket_in(7), Letters()
    first, second = tickets.coin(ticket, 1), tickets.coin(ticket, 2)
    async with at_work(consumer(store, bus)):
        await post(bus, [first, Record(7, b"junk", b"junk", []), second._replace(key=b"another"), second])
        await come(store, {ticket: [1, 2]})
