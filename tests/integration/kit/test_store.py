"""The event store, real and in memory: one suite for both."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.toy import META, ticket_in, tickets

from contracts.names import SHARDS, shard_of_stream
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.store import BadValue
from kit.store.values import Append, Appended, Conflict, Held, Known, NewEvent, Relayed, Row

Store = PostgresStore | MemoryStore
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITERS = 16


def append(ticket: UUID, expected: int = 0, *, events: int = 1, command: UUID | None = None, text: str = "") -> Append:
    stream = f"ticket-{ticket}"
    data = b'{"ticket_id":"%s","escalation":"%s","rung":1}' % (str(ticket).encode(), text.encode())
    return Append(
        shard=shard_of_stream(stream),
        command_id=command or uuid4(),
        request_hash=b"asked",
        stream=stream,
        expected=expected,
        events=[NewEvent(uuid4(), "escalation.acknowledged", 1, data) for _ in range(events)],
        meta=META,
        result=b'{"answer": 1}',
    )


async def write(store: Store, *batch: Append, now: datetime = NOW) -> list[Appended | Known | Conflict | Held]:
    async with store.transaction() as tx:
        return await tx.append(batch, now)


class Reader:
    """Follows the log as the relay does, and checks each row against the one before it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rows: dict[int, list[Row]] = {shard: [] for shard in range(SHARDS)}

    async def run(self, written: list[UUID], ended: asyncio.Event) -> None:
        """Read while others write, and then until all they wrote has come."""
        owner = uuid4()
        async with self._store.transaction() as tx:
            epochs = (await tx.lease(owner, [], 60)).epochs
        while not (ended.is_set() and sum(map(len, self.rows.values())) >= len(written)):
            async with self._store.transaction() as tx:
                pending = await tx.pending(range(SHARDS), 50)
            done: dict[int, Relayed] = {}
            for row, previous in pending.events:
                last = self.rows[row.shard][-1] if self.rows[row.shard] else None
                assert row.shard_seq == (last.shard_seq if last else 0) + 1
                assert previous == (last.event_id if last else None)
                assert last is None or row.recorded_at >= last.recorded_at
                self.rows[row.shard].append(row)
                before = done[row.shard].before if row.shard in done else row.shard_seq - 1
                done[row.shard] = Relayed(row.shard, before, row.shard_seq, row.event_id, epochs[row.shard])
            async with self._store.transaction() as tx:
                assert await tx.relayed(list(done.values())) == done.keys()
            await asyncio.sleep(0.005)


async def test_a_reader_that_polls_while_sixteen_write_misses_nothing_and_reorders_nothing(store: Store) -> None:
    written: list[UUID] = []

    async def writer(number: int) -> None:
        chance = random.Random(number)
        for _ in range(12):
            batch = [append(ticket, events=chance.choice((1, 1, 2))) for ticket in chance.sample(tickets(), 12)]
            # Clocks of several machines differ, and may step back.
            now = NOW + timedelta(seconds=chance.uniform(-60, 60))
            assert all(isinstance(outcome, Appended) for outcome in await write(store, *batch, now=now))
            written.extend(event.event_id for one in batch for event in one.events)

    reader = Reader(store)
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(reader.run(written, ended))
        await asyncio.gather(*map(writer, range(WRITERS)))
        ended.set()

    assert len(written) > 2_000
    assert {row.event_id for rows in reader.rows.values() for row in rows} == set(written)


async def test_sixteen_connections_that_write_twenty_shards_in_random_order_never_block_one_another(
    store: Store,
) -> None:
    async def writer(number: int) -> None:
        chance = random.Random(number)
        for _ in range(10):
            batch = [append(ticket) for ticket in chance.sample(tickets(), 20)]
            assert all(isinstance(outcome, Appended) for outcome in await write(store, *batch))

    # A deadlock would be broken by the server after a second and raise Unavailable.
    await asyncio.gather(*map(writer, range(WRITERS)))


async def test_the_loser_of_a_race_gets_a_conflict_and_the_winner_loses_nothing(store: Store) -> None:
    ticket = uuid4()
    outcomes = await asyncio.gather(*(write(store, append(ticket)) for _ in range(8)))
    assert Counter(type(outcome[0]) for outcome in outcomes) == {Appended: 1, Conflict: 7}
    async with store.transaction() as tx:
        (facts,) = (await tx.history([f"ticket-{ticket}"])).values()
    assert [fact.version for fact in facts] == [1]


async def test_a_command_that_was_carried_out_is_answered_with_what_was_stored(store: Store) -> None:
    first = append(uuid4())
    (stored,) = await write(store, first)
    assert isinstance(stored, Appended)
    assert await write(store, first) == [Known(b"asked", b'{"answer": 1}')]
    async with store.transaction() as tx:
        assert (await tx.known([(first.shard, first.command_id)]))[first.command_id].result == b'{"answer": 1}'
        assert len((await tx.history([first.stream]))[first.stream]) == 1


async def test_a_command_without_events_is_remembered_too(store: Store) -> None:
    nothing = append(uuid4(), events=0)
    await write(store, nothing)
    assert await write(store, nothing) == [Known(b"asked", b'{"answer": 1}')]


async def test_a_conflict_in_a_batch_leaves_its_neighbours_untouched(store: Store) -> None:
    ticket = uuid4()
    await write(store, append(ticket))
    before, after = append(ticket_in(shard_of_stream(f"ticket-{ticket}"))), append(uuid4())
    outcomes = await write(store, before, append(ticket, expected=0), after)
    assert [type(outcome) for outcome in outcomes] == [Appended, Conflict, Appended]
    async with store.transaction() as tx:
        assert {name: len(facts) for name, facts in (await tx.history([before.stream, after.stream])).items()} == {
            before.stream: 1,
            after.stream: 1,
        }


async def test_commands_for_one_stream_in_one_batch_follow_one_another(store: Store) -> None:
    ticket = uuid4()
    outcomes = await write(store, append(ticket, 0, events=2), append(ticket, 2), append(ticket, 3))
    assert [outcome.first_seq for outcome in outcomes if isinstance(outcome, Appended)] == [1, 3, 4]


async def test_what_was_decided_upon_a_command_that_conflicts_conflicts_too(store: Store) -> None:
    """Even where the version that it expected happens to be the stream's."""
    ticket = uuid4()
    await write(store, append(ticket))
    outcomes = await write(store, append(ticket, 0), append(ticket, 1))
    assert [type(outcome) for outcome in outcomes] == [Conflict, Conflict]


async def test_time_never_runs_backwards_in_a_shard(store: Store) -> None:
    first, second, third = (append(ticket_in(7)) for _ in range(3))
    (early,) = await write(store, first, now=NOW)
    (late,) = await write(store, second, now=NOW - timedelta(hours=1))
    async with store.transaction() as tx:
        floor, heads = await tx.settle(NOW + timedelta(minutes=1))
    (floored,) = await write(store, third, now=NOW)
    assert isinstance(early, Appended)
    assert isinstance(late, Appended)
    assert isinstance(floored, Appended)
    assert (early.recorded_at, late.recorded_at) == (NOW, NOW)
    assert floored.recorded_at == floor == NOW + timedelta(minutes=1)
    assert heads[7] == 2


async def test_the_floor_of_two_replicas_whose_clocks_differ_only_rises(store: Store) -> None:
    floors = []
    for skew in (0, 5, -5, 1):
        async with store.transaction() as tx:
            floors.append((await tx.settle(NOW + timedelta(seconds=skew)))[0])
    assert floors == [NOW, *[NOW + timedelta(seconds=5)] * 3]


@pytest.mark.parametrize("size", [524_000, 530_000])
async def test_an_event_that_no_record_could_carry_is_refused(store: Store, size: int) -> None:
    huge = append(uuid4(), text="x" * size)
    if size < 524_100:
        assert isinstance((await write(store, huge))[0], Appended)
        return
    with pytest.raises(BadValue):
        await write(store, huge, append(uuid4()))
    async with store.transaction() as tx:
        assert await tx.history([huge.stream]) == {}


async def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    one = append(uuid4())

    async def fail() -> None:
        async with store.transaction() as tx:
            await tx.append([one], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    (stored,) = await write(store, one)
    assert isinstance(stored, Appended)
    assert stored.first_seq == 1
