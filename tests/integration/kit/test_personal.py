"""Personal data: nowhere in the clear, readable where the key is, `erased` where it is gone, the rest unharmed."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory
from tests.integration.kit.conftest import Connect, Topics, memory_bus, new_database
from tests.integration.kit.flow import at_work, eventually, on_topic, relay, rows_of
from tests.integration.kit.test_perform import perform
from tests.integration.kit.toy import Jar, Write, core, new_vault, request

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.names import ESCALATIONS, KEYS, TICKETS
from kit.bus import Bus, BusError, Message
from kit.log.request import Done, Failed
from kit.memory import MemoryStore, MemoryTx
from kit.personal.keys import KeyTable
from kit.postgres import PostgresStore
from kit.store import Store, Unavailable
from punctual.local.databases import Dsns

SECRET = "I am Karel Novák, and my printer is on fire"


@pytest.fixture
async def bus(store: PostgresStore | MemoryStore, kafka: Topics) -> Bus:
    return memory_bus() if isinstance(store, MemoryStore) else await kafka(TICKETS, KEYS)


async def say(store: Store, subject: UUID | None = None, words: str = SECRET) -> Write:
    said = Write(ticket_id=uuid4(), subject_id=subject or uuid4(), body=words)
    (done,) = await perform(store, request(said))  # type: ignore[arg-type]
    assert isinstance(done, Done)
    assert done.facts[0].event.body == words
    return said


async def words(store: Store, ticket: UUID) -> tuple[str, ...]:
    async with store.transaction() as tx:
        state, _ = await core().state(tx, f"ticket-{ticket}")
    assert isinstance(state, Jar)
    return state.words


async def test_words_are_read_where_they_were_written_and_stand_nowhere_in_the_clear(
    store: PostgresStore | MemoryStore, bus: Bus
) -> None:
    said = await say(store)
    assert await words(store, said.ticket_id) == (SECRET,)
    (row,) = await rows_of(store)
    assert "Novák" not in row.data + row.meta
    assert str(said.subject_id) in row.data
    async with at_work(relay(store, bus)):

        async def sent() -> bool:
            return not await rows_of(store)

        await eventually(sent)
    messages = [message async for message in bus.table(TICKETS)] + [message async for message in bus.table(KEYS)]
    assert len(messages) == 2
    for message in messages:
        carried = (message.value or b"") + (message.key or b"") + b"".join(value for _, value in message.headers)
        assert SECRET.encode() not in carried
        assert "Novák".encode() not in carried


async def test_no_byte_of_it_is_in_any_table(dsns: Dsns, connect: Connect) -> None:
    store = await connect(dsns.app)
    said = await say(store, words="printer on fire")
    owner = await asyncpg.connect(dsns.owner)
    tables = await owner.fetch("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    assert len(tables) > 15
    for (table,) in tables:
        assert not await owner.fetch(f"SELECT 1 FROM {table} t WHERE t::text LIKE '%printer%'")
    await owner.close()
    assert await words(store, said.ticket_id) == ("printer on fire",)


async def erase(store: PostgresStore | MemoryStore, subject: UUID) -> None:
    """What the procedure of erasure will do."""
    async with store.transaction() as tx:
        if isinstance(tx, MemoryTx):
            tx.tables.keys.pop(subject)
            tx.tables.erased.add(subject)
        else:
            await tx.connection.execute("DELETE FROM subject_keys WHERE subject_id = $1", subject)
            await tx.connection.execute("INSERT INTO erased_subjects VALUES ($1)", subject)


async def test_without_its_key_an_event_says_erased_and_all_else(store: PostgresStore | MemoryStore) -> None:
    said, other = await say(store), await say(store)
    await erase(store, said.subject_id)
    async with store.transaction() as tx:
        (fact,) = await core().facts(tx, f"ticket-{said.ticket_id}")
    assert fact.event.body == ERASED
    assert (fact.event.ticket_id, fact.event.subject_id, fact.event.contact) == (
        said.ticket_id,
        said.subject_id,
        True,
    )
    assert await words(store, other.ticket_id) == (SECRET,)


async def test_nobody_makes_or_keeps_a_key_of_an_erased_person_again(store: PostgresStore | MemoryStore) -> None:
    said = await say(store)
    await erase(store, said.subject_id)
    (failed,) = await perform(store, request(Write(ticket_id=uuid4(), subject_id=said.subject_id, body="again")))
    assert isinstance(failed, Failed)
    async with store.transaction() as tx:
        await tx.keep_keys({said.subject_id: b"from the topic"}, relayed=True)
        assert await tx.keys([said.subject_id]) == {}


async def test_two_who_make_a_key_for_one_person_at_once_agree(store: PostgresStore | MemoryStore) -> None:
    subject = uuid4()
    said = await asyncio.gather(*(say(store, subject) for _ in range(6)))
    for one in said:
        assert await words(store, one.ticket_id) == (SECRET,)


async def follower(database: Factory, connect: Connect, like: Store) -> PostgresStore | MemoryStore:
    """Another service's database, of the same kind."""
    if isinstance(like, MemoryStore):
        return MemoryStore(ESCALATIONS)
    return await connect((await new_database(database)).app, ESCALATIONS)


async def relayed(store: Store, bus: Bus) -> None:
    async def sent() -> bool:
        return not await rows_of(store)

    async with at_work(relay(store, bus)):
        await eventually(sent)


async def read_there(store: Store, bus: Bus, table: KeyTable) -> list[str]:
    """What another service makes of the messages on the topic."""
    vault = new_vault(makes=False, fetch=table.fetch)
    facts: list[Fact] = [fact for there in (await on_topic(bus)).values() for fact, _ in there]
    async with store.transaction() as tx:
        return [fact.event.body for fact in await vault.open(tx, facts)]


async def test_another_service_fetches_the_key_it_lacks(
    store: PostgresStore | MemoryStore, bus: Bus, database: Factory, connect: Connect
) -> None:
    said = await say(store)
    await relayed(store, bus)
    there = await follower(database, connect, store)
    table = KeyTable(there, bus)
    assert await read_there(there, bus, table) == [SECRET]
    async with there.transaction() as tx:
        assert (await tx.keys([said.subject_id])).keys() == {said.subject_id}
        assert await tx.keys_to_relay() == {}


async def test_the_table_is_fed_in_the_background(
    store: PostgresStore | MemoryStore, bus: Bus, database: Factory, connect: Connect
) -> None:
    before = await say(store)
    await relayed(store, bus)
    there = await follower(database, connect, store)

    async def have(*subjects: UUID) -> bool:
        async with there.transaction() as tx:
            return len(await tx.keys(subjects)) == len(subjects)

    async with at_work(KeyTable(there, bus)):
        await eventually(lambda: have(before.subject_id))
        after = [await say(store) for _ in range(5)]
        await relayed(store, bus)
        await eventually(lambda: have(before.subject_id, *(one.subject_id for one in after)))


async def test_a_key_that_was_taken_off_the_topic_is_not_there_for_newcomers(
    store: PostgresStore | MemoryStore, bus: Bus, database: Factory, connect: Connect
) -> None:
    said, other = await say(store), await say(store)
    await relayed(store, bus)
    producer = await bus.producer()
    (place,) = {m.partition async for m in bus.table(KEYS) if m.key == str(said.subject_id).encode()}
    await (await producer.send(KEYS, place, str(said.subject_id).encode(), None))
    await producer.close()
    there = await follower(database, connect, store)
    assert sorted(await read_there(there, bus, KeyTable(there, bus))) == sorted([SECRET, ERASED])
    async with at_work(KeyTable(there, bus)):

        async def fed() -> bool:
            async with there.transaction() as tx:
                return bool(await tx.keys([other.subject_id]))

        await eventually(fed)
    async with there.transaction() as tx:
        assert await tx.keys([said.subject_id]) == {}


async def test_a_topic_that_can_not_be_read_is_not_taken_for_an_erasure() -> None:
    class Silent:
        async def table(self, topic: str) -> AsyncIterator[Message]:
            if topic == KEYS:
                raise BusError("no broker")
            yield Message(topic, 0, 0, None, None, ())

    store = MemoryStore(TICKETS)
    said = await say(store)
    vault = new_vault(makes=False, fetch=KeyTable(MemoryStore(ESCALATIONS), Silent()).fetch)  # type: ignore[arg-type]
    (row,) = await core_facts(store, said.ticket_id)
    with pytest.raises(Unavailable):
        async with MemoryStore(ESCALATIONS).transaction() as tx:
            await vault.open(tx, [row])


async def core_facts(store: Store, ticket: UUID) -> list[Fact]:
    async with store.transaction() as tx:
        return (await tx.history([f"ticket-{ticket}"]))[f"ticket-{ticket}"]


async def test_an_absent_key_is_looked_for_once() -> None:
    """The key precedes its events on the broker: what isn't there when they are will never be."""
    store, bus = MemoryStore(TICKETS), memory_bus()
    said = await say(store)
    facts = await core_facts(store, said.ticket_id)
    there = MemoryStore(ESCALATIONS)
    table, looked = KeyTable(there, bus), 0
    plain = bus.table

    def counted(topic: str) -> AsyncIterator[Message]:
        nonlocal looked
        looked += 1
        return plain(topic)

    bus.table = counted  # type: ignore[method-assign]
    vault = new_vault(makes=False, fetch=table.fetch)
    for _ in range(5):
        async with there.transaction() as tx:
            assert (await vault.open(tx, facts))[0].event.body == ERASED
    assert looked == 1
