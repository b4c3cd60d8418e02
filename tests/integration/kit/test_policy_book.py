"""Who knows which policy: every publication counts, once, in its order, and replicas learn of one another's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from msgspec import structs
from tests.integration.kit.conftest import memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.test_consume import consumer
from tests.integration.kit.toy import follow

from contracts import codec, wire
from contracts.envelope import Fact, Meta, Recorded
from contracts.names import SLA
from contracts.sla import PolicyPublished
from kit.bus import Bus, Message
from kit.inbox import read
from kit.memory import MemoryStore
from kit.policy_book import PolicyBook, row_of
from kit.postgres import PostgresStore
from kit.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def bus() -> Bus:
    return memory_bus()


def book() -> PolicyBook:
    """What it makes of the policies: their versions, in the order in which they came to hold."""
    return PolicyBook((), lambda known, published: (*known, published.version))


def published(version: str, ordinal: int, shard: int = 0) -> Fact:
    event = PolicyPublished(shard=shard, version=version, name="Ours", tzdata="2026f", holidays="0.1", resolved={})
    return Recorded(
        topic=SLA,
        shard=shard,
        shard_seq=ordinal,
        stream=f"policy-{shard}",
        version=ordinal,
        event_id=uuid4(),
        command_id=uuid4(),
        recorded_at=NOON,
        event=event,
        meta=Meta(actor="sla-timer", role="service"),
    )


async def keep(store: Store, *facts: Fact) -> None:
    async with store.transaction() as tx:
        for fact in facts:
            await tx.put([row_of(fact)])


async def loaded(store: Store, into: PolicyBook) -> tuple[str, ...]:
    async with store.statement() as tx:
        await into.load(tx)
    current: tuple[str, ...] = into.current
    return current


def test_a_publication_counts_once_though_every_shard_says_so_and_a_former_policy_may_hold_again() -> None:
    ours = book()
    for version, ordinal in (("one", 1), ("two", 2), ("one", 3)):
        for shard in range(3):
            fact = published(version, ordinal, shard)
            ours.learn(fact.event, fact.version)
    late = published("two", 2, shard=9)
    ours.learn(late.event, late.version)
    assert ours.current == ("one", "two", "one")


async def test_a_running_process_learns_that_a_former_policy_holds_again(store: PostgresStore | MemoryStore) -> None:
    """Simulation found that it didn't: a version that it knew was no news."""
    running = book()
    await keep(store, published("one", 1), published("two", 2))
    assert await loaded(store, running) == ("one", "two")
    await keep(store, published("one", 3))
    assert await loaded(store, running) == ("one", "two", "one")
    assert await loaded(store, running) == ("one", "two", "one")


async def test_of_two_publications_at_one_instant_the_later_one_holds(store: PostgresStore | MemoryStore) -> None:
    """A coarse clock gives both the same time."""
    earlier = published("two", 1)
    await keep(store, earlier, published("one", 2))
    assert await loaded(store, book()) == ("two", "one")
    await keep(store, structs.replace(published("two", 3), recorded_at=NOON - timedelta(hours=1)))
    assert (await loaded(store, book()))[-1] == "two"


class Unheard(Exception):
    """What a service may say of a policy that it makes nothing of."""


def fold(known: tuple[str, ...], event: PolicyPublished) -> tuple[str, ...]:
    """Makes nothing of a policy called `odd`."""
    if event.version == "odd":
        raise Unheard("odd")
    return (*known, event.version)


def record(fact: Fact, **changes: bytes) -> Message:
    """As it travels. `changes`: of the headers."""
    headers = [(name, changes.get(name, value)) for name, value in wire.headers(fact, "/punctual/sla-timer", None)]
    value = changes.get("value") or codec.encode(fact.event, seal=None)
    return Message(SLA, fact.shard, 0, fact.stream.encode(), value, headers)


NEWER = {"ce_type": b"punctual.policy.published.v9"}
UNREADABLE = {
    "one whose parts this service makes nothing of": lambda: record(published("odd", 1)),
    "one in a form of later": lambda: record(published("odd", 1), **NEWER, value=b'{"version":"odd","zones":[]}'),
    "one that is damaged": lambda: record(published("odd", 1), value=b'{"version":"odd","shard":"none"}'),
}


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_policy_that_can_not_be_read_is_told_and_parks_nothing(
    store: PostgresStore | MemoryStore, unreadable: Callable[[], Message]
) -> None:
    ours = PolicyBook((), fold)
    follows = replace(follow(), book=ours)
    async with store.transaction() as tx:
        await follows.all(tx, [read(unreadable())])
    assert ours.current == ()
    assert list(ours.unreadable) == ["odd"]
    restarted = PolicyBook((), fold)  # the table has it, for code that can read it
    assert await loaded(store, restarted) == ()
    assert list(restarted.unreadable) == ["odd"]
    async with store.transaction() as tx:
        await follows.all(tx, [read(record(published("two", 2)))])
    assert ours.current == ("two",)
    assert await loaded(store, restarted) == ("two",)


async def test_a_policy_that_was_not_read_is_read_by_code_that_can(store: PostgresStore | MemoryStore) -> None:
    follows = replace(follow(), book=PolicyBook((), fold))
    async with store.transaction() as tx:
        await follows.all(tx, [read(record(published("odd", 1)))])
    assert await loaded(store, later := book()) == ("odd",)
    assert later.unreadable == {}


async def test_who_takes_shards_over_knows_the_policy_that_their_last_owner_knew(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    """Otherwise a clock that the other had started under a new policy would be one under an unknown policy here."""
    ours = book()
    assert await loaded(store, ours) == ()
    await keep(store, published("one", 1))  # by another replica

    async def learned() -> bool:
        return bool(ours.current == ("one",))

    async with at_work(consumer(store, bus, replace(follow(), book=ours))):
        await eventually(learned, 5)
