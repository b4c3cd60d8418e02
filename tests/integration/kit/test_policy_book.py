"""Who knows which policy: every publication counts, once, in its order, and replicas learn of one another's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from msgspec import structs
from tests.integration.kit.conftest import memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.letters import post
from tests.integration.kit.test_consume import consumer
from tests.integration.kit.toy import follow

from contracts import codec, wire
from contracts.alarms import Alarm, Alarms
from contracts.envelope import Fact, Meta, Recorded
from contracts.later import Delay
from contracts.names import SLA
from contracts.sla import PolicyPublished
from contracts.tickets import Assigned
from kit.bus import Bus, Message
from kit.consume.inbox import read
from kit.consume.policy_feed import PolicyFeed
from kit.memory import MemoryStore, MemoryTx
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from kit.store import Store, Unavailable

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
    """As another replica does that hears of them."""
    await hear(store, book(), *facts)


async def hear(store: Store, into: PolicyBook, *facts: Fact) -> PolicyBook:
    for fact in facts:
        async with store.transaction() as tx:
            message = record(fact)
            await into.note(tx, fact.shard, read(message).envelope, message.value or b"")
    return into


async def loaded(store: Store, into: PolicyBook) -> tuple[str, ...]:
    async with store.statement() as tx:
        await into.load(tx)
    current: tuple[str, ...] = into.current
    return current


async def test_a_publication_counts_once_though_every_shard_says_so_and_a_former_policy_may_hold_again() -> None:
    publications = [
        published(version, ordinal, shard)
        for version, ordinal in (("one", 1), ("two", 2), ("one", 3))
        for shard in range(3)
    ]
    ours = await hear(MemoryStore(SLA), book(), *publications, published("two", 2, shard=9))
    assert ours.current == ("one", "two", "one")


def in_shards() -> PolicyBook:
    """What it gives for a shard: all that it knows, and which of it holds there."""
    return PolicyBook((), lambda known, event: (*known, event.version), lambda known, version: (known, version))


async def test_each_shard_has_the_version_that_was_published_last_in_it_through_restarts_too(
    store: PostgresStore | MemoryStore,
) -> None:
    facts = published("one", 1, 0), published("one", 1, 5), published("two", 2, 5), published("one", 3, 5)
    ours = await hear(store, in_shards(), *facts)
    later = in_shards()
    await loaded(store, later)
    assert (ours.of(0), ours.of(5), ours.of(9)) == (
        (("one", "two", "one"), "one"),
        (("one", "two", "one"), "one"),
        (("one", "two", "one"), None),
    )
    assert [later.of(shard)[1] for shard in (0, 5, 9)] == ["one", "one", None]
    await hear(store, ours, published("two", 2, 0))  # a shard that is behind puts nothing back in force elsewhere
    again = in_shards()
    assert (await loaded(store, again))[-1] == "one"
    assert (again.of(0)[1], again.of(5)[1]) == ("two", "one")


@pytest.mark.parametrize("shard", [0, 5])
async def test_a_version_is_kept_from_whichever_shard_it_is_heard_first(
    store: PostgresStore | MemoryStore, shard: int
) -> None:
    """Only what shard 0 said used to be kept: restarted, a process knew less than before."""
    await keep(store, published("one", 1, shard), published("two", 2, shard))
    assert await loaded(store, book()) == ("one", "two")


async def test_a_version_of_long_ago_that_is_heard_late_is_known_and_not_in_force() -> None:
    facts = published("three", 3, 5), published("one", 1, 9), published("two", 2, 9)
    ours = await hear(MemoryStore(SLA), book(), *facts)
    assert ours.current == ("one", "two", "three")


async def test_what_was_in_force_at_a_past_instant_is_known_through_restarts_too(
    store: PostgresStore | MemoryStore,
) -> None:
    hours = [NOON + timedelta(hours=n) for n in range(4)]
    facts = [structs.replace(published(f"v{n}", n), recorded_at=hours[n]) for n in (1, 2, 3)]
    ours, later = await hear(store, book(), *facts), book()
    await loaded(store, later)
    for each in (ours, later):
        assert [each.in_force_at(at) for at in hours] == ["v1", "v1", "v2", "v3"]
        assert each.in_force_at(hours[2] - timedelta(microseconds=1)) == "v1"
    assert book().in_force_at(NOON) is None


async def test_a_version_that_a_fact_names_is_looked_for_where_another_process_may_have_kept_it(
    store: PostgresStore | MemoryStore,
) -> None:
    ours = book()
    async with store.statement() as tx:
        await ours.look_for(tx, "one")
    await keep(store, published("one", 1))
    async with store.statement() as tx:
        await ours.look_for(tx, "one")  # not each time: it was not there
    assert ours.current == ()
    await keep(store, published("two", 2))
    async with store.statement() as tx:
        await ours.look_for(tx, "two")
    assert ours.current == ("one", "two")


@pytest.mark.parametrize("term", ["after", "delay"])
async def test_a_version_whose_calendar_is_to_count_an_alarm_is_looked_for_too(
    store: PostgresStore | MemoryStore, term: str
) -> None:
    """The service that asks may hear of a policy before the process that counts does, which counted by another one."""
    counted_by: list[object] = []

    def count(*asked: object) -> list[tuple[str, object]]:
        counted_by.append(asked[-1])
        return []

    delay = Delay(calendar="office", policy="two", days=7)
    terms = {"after": delay.since(NOON)} if term == "after" else {"delay": delay}
    asking = structs.replace(
        published("of no account", 1),
        event=Assigned(ticket_id=uuid4(), engineer="kim", before=None),
        stream="ticket-1",
        meta=Meta(actor="kim", role="engineer", alarms=Alarms(set=(Alarm(name="review", **terms),))),
    )
    await keep(store, published("one", 1), published("two", 2))
    counting = replace(follow(), react=lambda fact, policy: [], book=book(), react_to_alarms=count)
    async with store.transaction() as tx:
        await counting.all(tx, [read(record(asking))])
    assert counted_by == [("one", "two")]


async def test_a_service_that_does_not_follow_sla_timer_hears_policies_and_goes_on_where_it_was(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    ours, later = book(), book()

    async def read_up_to(store: Store, offset: int) -> bool:
        async with store.statement() as tx:
            rows = await tx.rows("readings", [{"source": SLA, "shard": 0}])
        return [row["koffset"] for row in rows] == [offset]

    async def knows(which: PolicyBook, *versions: str) -> bool:
        return bool(which.current == versions)

    async with at_work(PolicyFeed(store, bus, ours)):
        for fact in (published("one", 1), published("two", 2)):
            await post(bus, [as_sent(fact)], SLA)
        await eventually(partial(read_up_to, store, 2), 5)
        await eventually(partial(knows, ours, "one", "two"), 5)
    assert ours.current == await loaded(store, later) == ("one", "two")
    async with at_work(PolicyFeed(store, bus, later)):
        await post(bus, [as_sent(published("three", 3))], SLA)
        await eventually(partial(knows, later, "one", "two", "three"), 5)


class Unanswered(MemoryStore):
    """It commits, and the first answer that somebody waits for is lost."""

    lost = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTx]:
        async with super().transaction() as tx:
            yield tx
            loses = bool(tx.then) and not self.lost
            if loses:
                tx.then.clear()
        if loses:
            self.lost = True
            raise Unavailable("the connection was cut")


async def test_a_policy_is_heard_though_the_answer_that_it_is_kept_was_lost() -> None:
    store, bus, own = Unanswered(SLA), memory_bus(), book()

    async def knows() -> bool:
        return bool(own.current == ("a",))

    await post(bus, [as_sent(published("a", 1))], SLA)
    async with at_work(PolicyFeed(store, bus, own)):
        await eventually(knows, 10)
    assert store.lost


async def test_a_running_process_learns_that_a_former_policy_holds_again(store: PostgresStore | MemoryStore) -> None:
    """Simulation found that it didn't: a version that it knew was no news."""
    running = book()
    await keep(store, published("one", 1), published("two", 2))
    assert await loaded(store, running) == ("one", "two")
    await keep(store, published("one", 3))
    assert await loaded(store, running) == ("one", "two", "one")
    assert await loaded(store, running) == ("one", "two", "one")


async def test_of_a_database_that_went_back_in_time_only_what_it_has_is_known(
    store: PostgresStore | MemoryStore,
) -> None:
    await keep(store, published("a", 1))
    own = await hear(store, book(), published("a", 1))
    await hear(MemoryStore(SLA), own, published("b", 2))  # and that row is lost
    async with store.statement() as tx:
        await own.load_anew(tx)
    assert (own.current, own.ordinal, own.event("b")) == (("a",), 1, None)


async def test_of_two_publications_at_one_instant_the_later_one_holds(store: PostgresStore | MemoryStore) -> None:
    """A coarse clock gives both the same time."""
    earlier = published("two", 1)
    await keep(store, earlier, published("one", 2))
    assert await loaded(store, book()) == ("two", "one")
    await keep(store, structs.replace(published("two", 3), recorded_at=NOON - timedelta(hours=1)))
    assert (await loaded(store, book()))[-1] == "two"


def is_behind(one: PolicyBook) -> bool:
    return one.behind


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


def as_sent(fact: Fact) -> wire.Record:
    message = record(fact)
    return wire.Record(message.partition, message.key or b"", message.value or b"", [*message.headers])


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
    assert is_behind(ours)  # what it goes by is not in force
    restarted = PolicyBook((), fold)  # the table has it, for code that can read it
    assert await loaded(store, restarted) == ()
    assert list(restarted.unreadable) == ["odd"]
    async with store.transaction() as tx:
        await follows.all(tx, [read(record(published("two", 2)))])
    assert ours.current == ("two",)
    assert not is_behind(ours)
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
