"""Commands carried out on a real store and on the one in memory: one suite for both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs
from tests.integration.kit.toy import (
    META,
    AlreadyGiven,
    Drop,
    DropFirst,
    Look,
    Write,
    core,
    new_vault,
    request,
    ticket_in,
)

from kit.clock import Clock, WallClock
from kit.log.perform import Core
from kit.log.request import ChangedMeanwhile, CommandRequest, Done, Failed, Overtaken, Refused, Result, Reused
from kit.log.writer import Writer
from kit.memory import MemoryStore
from kit.postgres import PostgresStore

Store = PostgresStore | MemoryStore
CLOCK = WallClock()


@asynccontextmanager
async def writing(store: Store, own: Core | None = None, clock: Clock = CLOCK, **more: Any) -> AsyncIterator[Writer]:
    """A writer at work."""
    writer = Writer(store, own or core(), clock, **more)
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def perform(store: Store, *requests: CommandRequest, own: Core | None = None) -> list[Result]:
    async with store.transaction() as tx:
        return await (own or core()).perform(tx, requests, CLOCK.now())


async def coins(store: Store, ticket: UUID) -> tuple[int, ...]:
    async with store.transaction() as tx:
        state, _ = await core().state(tx, f"ticket-{ticket}")
        (row,) = await tx.rows("jars", [{"ticket_id": ticket}]) or [{"coins": 0}]
    assert row["coins"] == len(state.coins)
    found: tuple[int, ...] = state.coins
    return found


async def test_a_retry_is_answered_as_the_first_time_though_it_drew_another_number(store: Store) -> None:
    ticket = uuid4()
    (first,) = await perform(store, request(Drop(ticket_id=ticket), key=ticket, answer={"number": "P-1"}))
    (again,) = await perform(store, request(Drop(ticket_id=ticket), key=ticket, answer={"number": "P-2"}))
    assert isinstance(first, Done)
    assert again == Done({"number": "P-1", "version": 1}, replayed=True)
    assert again.answer == first.answer
    assert await coins(store, ticket) == (1,)


async def test_a_retry_of_what_would_be_refused_by_now_is_answered_as_the_first_time(store: Store) -> None:
    ticket = uuid4()
    once = request(DropFirst(ticket_id=ticket))
    await perform(store, once)
    (another,) = await perform(store, request(DropFirst(ticket_id=ticket)))
    assert isinstance(another, Refused)
    assert isinstance(another.error, AlreadyGiven)
    assert await perform(store, once) == [Done({"version": 1}, replayed=True)]


async def test_a_key_that_was_used_for_something_else_is_refused(store: Store) -> None:
    ticket = uuid4()
    await perform(store, request(Drop(ticket_id=ticket), key=ticket, request_hash=b"one"))
    assert await perform(store, request(Drop(ticket_id=ticket, coin=2), key=ticket, request_hash=b"two")) == [Reused()]
    assert await coins(store, ticket) == (1,)


async def test_two_who_ask_with_the_same_key_at_once_get_the_same_answer_for_one_effect(store: Store) -> None:
    ticket = uuid4()
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(writing(store)) for _ in range(4)]
        asked = [
            writer.perform(request(Drop(ticket_id=ticket), key=ticket, answer={"number": str(n)}))
            for n, writer in enumerate(writers * 2)
        ]
        answers = await asyncio.gather(*asked)
    assert len({str(done.answer) for done in answers if isinstance(done, Done)}) == 1
    assert sum(not done.replayed for done in answers if isinstance(done, Done)) == 1
    assert await coins(store, ticket) == (1,)


async def test_one_fact_may_lead_to_three_commands_in_one_shard(store: Store) -> None:
    ticket, neighbour = ticket_in(3), ticket_in(3)
    requests = [request(Drop(ticket_id=to, coin=n)) for n, to in enumerate((ticket, neighbour, ticket))]
    for replayed in (False, True):
        results = await perform(store, *requests)
        assert [done.replayed for done in results if isinstance(done, Done)] == [replayed] * 3
    assert await coins(store, ticket) == (0, 2)
    assert await coins(store, neighbour) == (1,)


async def test_whoever_read_an_older_version_is_refused(store: Store) -> None:
    ticket = uuid4()
    await perform(store, request(Drop(ticket_id=ticket)))
    (late,) = await perform(store, request(Drop(ticket_id=ticket), if_version=0))
    assert isinstance(late, Refused)
    assert isinstance(late.error, ChangedMeanwhile)


async def test_what_a_core_raises_concerns_its_own_command_only(store: Store) -> None:
    ticket = uuid4()
    odd = CommandRequest(command_id=uuid4(), stream=f"ticket-{ticket}", command=object(), meta=META)
    failed, done = await perform(store, odd, request(Drop(ticket_id=uuid4())))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, TypeError)
    assert isinstance(done, Done)


async def test_what_follows_on_an_event_that_can_not_be_sealed_is_decided_again(store: Store) -> None:
    ticket = uuid4()
    own = core(vault=new_vault(makes=False))
    words, coin = request(Write(ticket_id=ticket, subject_id=uuid4(), body="hello")), request(Drop(ticket_id=ticket))
    failed, after, other = await perform(store, words, coin, request(Look(ticket_id=uuid4())), own=own)
    assert isinstance(failed, Failed)
    assert after == Overtaken()
    assert isinstance(other, Done)


BAD = {
    "a refusal": Drop(ticket_id=uuid4(), coin=-1),
    "a bug of the core": Drop(ticket_id=uuid4(), times="three"),  # type: ignore[arg-type]
    "an event too large to be sent": Drop(ticket_id=uuid4(), label="x" * 600_000),
    "a lone surrogate": Drop(ticket_id=uuid4(), label="\ud800"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_one_bad_command_of_a_batch_leaves_its_neighbours_untouched(store: Store, bad: Drop) -> None:
    good = [Drop(ticket_id=uuid4()) for _ in range(20)]
    async with writing(store, lanes=1) as writer:
        results = await asyncio.gather(*(writer.perform(request(command)) for command in (*good[:10], bad, *good[10:])))
    assert isinstance(results.pop(10), Refused | Failed)
    assert all(isinstance(result, Done) for result in results)
    for command in good:
        assert await coins(store, command.ticket_id) == (1,)
    assert await coins(store, bad.ticket_id) == ()


async def test_a_stream_that_others_write_too_is_decided_anew_until_it_fits(store: Store) -> None:
    ticket = uuid4()
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(writing(store)) for _ in range(3)]
        results = await asyncio.gather(
            *(writer.perform(request(Drop(ticket_id=ticket, coin=n))) for n, writer in enumerate(writers * 5))
        )
    assert all(isinstance(result, Done) for result in results)
    assert sorted(await coins(store, ticket)) == list(range(15))


async def test_two_streams_under_one_command_id_do_not_meet_in_one_batch(store: Store) -> None:
    one, other = ticket_in(9), ticket_in(9)
    async with writing(store, lanes=1) as writer:
        results = await asyncio.gather(
            writer.perform(request(Drop(ticket_id=one), key=one)),
            writer.perform(request(Drop(ticket_id=other), key=one)),
        )
    assert [done.replayed for done in results if isinstance(done, Done)] == [False, True]
    assert (await coins(store, one), await coins(store, other)) == ((1,), ())


async def test_what_was_asked_is_written_before_a_graceful_stop(store: Store) -> None:
    found = [Drop(ticket_id=uuid4()) for _ in range(50)]
    async with writing(store) as writer:
        asked = [asyncio.create_task(writer.perform(request(command))) for command in found]
        await asyncio.sleep(0)
        await writer.drain()
    assert all(isinstance(done, Done) for done in await asyncio.gather(*asked))


async def test_a_stream_that_can_not_be_read_fails_alone(store: Store) -> None:
    """As after going back to an older release, which doesn't know a newer event."""
    from tests.integration.kit.test_store import append, write

    ticket = ticket_in(5)
    strange = append(ticket)
    strange = structs.replace(strange, events=[structs.replace(strange.events[0], type="ticket.unheard-of")])
    await write(store, strange)
    failed, done = await perform(store, request(Drop(ticket_id=ticket)), request(Drop(ticket_id=ticket_in(5))))
    assert isinstance(failed, Failed)
    assert isinstance(done, Done)
