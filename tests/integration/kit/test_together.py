"""Commands that stand or fall together: all of them at one instant, or none; on the real store and in memory."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec import structs
from tests.integration.kit import hourglass
from tests.integration.kit.conftest import Connect
from tests.integration.kit.flow import CLOCK, rows_of
from tests.integration.kit.processes import JARS, running, two_coins
from tests.integration.kit.proxy import proxied
from tests.integration.kit.test_perform import coins, perform, writing
from tests.integration.kit.test_store import NOW, append, write
from tests.integration.kit.toy import AlreadyGiven, Drop, DropFirst, Look, Write, core, request, ticket_in

from contracts.names import TICKETS
from kit.clock import WallClock
from kit.kafka import KafkaBus
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Refused, Reused, Together
from kit.log.together import MAX_TRIES, carry_out
from kit.memory import MemoryStore
from kit.postgres import PostgresStore, PostgresTx
from kit.store import Unavailable
from kit.store.values import Appended, Conflict, Held, Known, Timer, Undone
from punctual.local.databases import Dsns

Store = PostgresStore | MemoryStore
HOUR = timedelta(hours=1)


async def at(store: Store, now: datetime, *requests: CommandRequest, own: Core | None = None) -> list[Together]:
    """One try at that instant."""
    async with store.transaction() as tx:
        return await (own or core()).perform_together(tx, requests, now)


async def together(store: Store, *requests: CommandRequest, own: Core | None = None) -> list[Together]:
    return await carry_out(store, own or core(), CLOCK, requests, timeout_seconds=15.0)


def kinds(results: list[Any]) -> list[type]:
    return [type(result) for result in results]


def two() -> tuple[UUID, UUID]:
    """Two jars in different shards."""
    return ticket_in(40), ticket_in(7)


async def lengths(store: Store, *tickets: UUID) -> list[int]:
    async with store.transaction() as tx:
        found = await tx.history([f"ticket-{ticket}" for ticket in tickets])
    return [len(found.get(f"ticket-{ticket}", ())) for ticket in tickets]


async def test_all_are_recorded_at_one_instant_though_the_clock_lies_behind_one_of_their_shards(store: Store) -> None:
    one, other = two()
    await write(store, append(ticket_in(7)), now=NOW + HOUR)
    await write(store, append(ticket_in(40)), now=NOW - HOUR)
    results = await at(store, NOW, request(Drop(ticket_id=one)), request(Drop(ticket_id=other, times=2)))
    facts = [fact for done in results if isinstance(done, Done) for fact in done.facts]
    assert [fact.recorded_at for fact in facts] == [NOW + HOUR] * 3
    assert [(fact.shard, fact.shard_seq) for fact in facts] == [(40, 2), (7, 2), (7, 3)]
    (later,) = await write(store, append(ticket_in(40)), now=NOW)
    assert isinstance(later, Appended)
    assert later.recorded_at == NOW + HOUR  # nor does the other one run backwards afterwards


async def test_nothing_is_recorded_before_the_settled_floor(store: Store) -> None:
    one, other = two()
    async with store.transaction() as tx:
        await tx.settle(NOW + HOUR)
    results = await at(store, NOW, request(Drop(ticket_id=one)), request(Drop(ticket_id=other)))
    assert {fact.recorded_at for done in results if isinstance(done, Done) for fact in done.facts} == {NOW + HOUR}


async def test_what_was_heard_is_named_shard_by_shard(store: Store) -> None:
    one, other = two()
    async with store.transaction() as tx:
        await tx.advance([], [(7, "punctual.sla.v1", 9)])
    results = await at(store, NOW, request(Drop(ticket_id=one)), request(Drop(ticket_id=other)))
    seen = [fact.meta.seen for done in results if isinstance(done, Done) for fact in done.facts]
    assert seen == [{}, {"punctual.sla.v1": 9}]


async def test_rows_keys_and_the_relays_wake_up_are_those_of_single_commands(store: Store) -> None:
    one, other = two()
    subject = uuid4()
    async with writing(store) as writer:
        words = Write(ticket_id=one, subject_id=subject, body="hello")
        results = await writer.perform_together(
            [request(words), request(Drop(ticket_id=one)), request(Drop(ticket_id=other))]
        )
        assert writer.wrote.is_set()
    assert kinds(results) == [Done] * 3
    assert (await coins(store, one), await coins(store, other)) == ((1,), (1,))
    async with store.transaction() as tx:
        state, version = await core().state(tx, f"ticket-{one}")
        assert (state.words, version, set(await tx.keys([subject]))) == (("hello",), 2, {subject})


async def test_timers_are_set_if_all_are_carried_out_and_not_otherwise(store: Store) -> None:
    one, other = two()
    own = hourglass.core()
    told: list[Timer] = []
    own.when_timers_are_set(told.extend)

    async def turned(if_version: int | None) -> list[Together]:
        requests = [request(hourglass.Turn(ticket_id=ticket, due_at=NOW)) for ticket in (one, other)]
        return await together(store, requests[0], structs.replace(requests[1], if_version=if_version), own=own)

    async def waiting() -> set[str]:
        async with store.transaction() as tx:
            return {timer.stream for timer in await tx.due([7, 40], NOW + HOUR, NOW, 10)}

    assert kinds(await turned(if_version=5)) == [Undone, Refused]
    assert (await waiting(), told) == (set(), [])
    assert kinds(await turned(if_version=0)) == [Done, Done]
    assert await waiting() == {timer.stream for timer in told} == {f"ticket-{one}", f"ticket-{other}"}


async def test_one_refusal_leaves_nothing_of_the_others(store: Store) -> None:
    one, other = two()
    await perform(store, request(Drop(ticket_id=other)))
    async with writing(store) as writer:
        writer.wrote.clear()
        undone, refused = await writer.perform_together(
            [request(Drop(ticket_id=one)), request(DropFirst(ticket_id=other))]
        )
        assert not writer.wrote.is_set()
    assert undone == Undone()
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, AlreadyGiven)
    assert await lengths(store, one, other) == [0, 1]


async def test_one_conflict_leaves_nothing_of_the_others_even_if_the_transaction_commits(store: Store) -> None:
    one, other = two()
    await write(store, append(other))
    async with store.transaction() as tx:
        outcomes = await tx.append_together([append(one), append(other, expected=0)], NOW)
    assert outcomes == [Undone(), Conflict()]
    assert await lengths(store, one, other) == [0, 1]
    (next_one,) = await write(store, append(ticket_in(40)))
    assert isinstance(next_one, Appended)
    assert next_one.first_seq == 1


async def test_in_a_transaction_with_others_only_they_are_undone(store: Store) -> None:
    one, other = two()
    await write(store, append(other))
    async with store.transaction() as tx:
        await tx.append([append(beside := uuid4())], NOW)
        await tx.append_together([append(one), append(other, expected=0)], NOW)
    assert await lengths(store, one, other, beside) == [0, 1, 1]


@pytest.mark.parametrize("reason", ["", "its log and the broker's have parted"])
async def test_a_closed_shard_holds_all_of_them(store: Store, reason: str) -> None:
    one, other = two()
    async with store.transaction() as tx:
        await tx.lease(uuid4(), [], 60)
        await tx.close(7, reason)
    assert await together(store, request(Drop(ticket_id=one)), request(Drop(ticket_id=other))) == [
        Undone(),
        Held(reason),
    ]
    assert await lengths(store, one, other) == [0, 0]
    async with store.transaction() as tx:
        await tx.open(7)
    assert kinds(await together(store, request(Drop(ticket_id=one)), request(Drop(ticket_id=other)))) == [Done, Done]


async def test_a_shard_that_is_opened_meanwhile_is_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.log.together.COMPARISON_WAIT_SECONDS", 30.0)
    one, other = two()
    async with store.transaction() as tx:
        await tx.lease(uuid4(), [], 60)
        await tx.close(7, "")
    asked = asyncio.create_task(together(store, request(Drop(ticket_id=one)), request(Drop(ticket_id=other))))
    await asyncio.sleep(0)
    async with store.transaction() as tx:
        await tx.open(7)
    assert kinds(await asked) == [Done, Done]


async def test_a_retry_is_answered_as_the_first_time(store: Store) -> None:
    one, other = two()
    requests = [request(DropFirst(ticket_id=one), answer={"n": 1}), request(DropFirst(ticket_id=other), creates=True)]
    first = await together(store, *requests)
    assert kinds(first) == [Done, Done]
    again = [Done({"n": 1, "version": 1}, replayed=True), Done({"version": 1}, replayed=True)]
    assert await together(store, *requests) == again
    async with store.transaction() as tx:  # as another process that has looked a moment before
        known = await tx.append_together(
            [append(work_.command.ticket_id, command=work_.command_id) for work_ in requests], NOW
        )
    assert kinds(known) == [Known, Known]
    assert await lengths(store, one, other) == [1, 1]


async def test_a_command_without_events_takes_part_and_is_remembered(store: Store) -> None:
    one, other = two()
    requests = [request(Drop(ticket_id=one)), request(Look(ticket_id=other))]
    assert [done.replayed for done in await together(store, *requests) if isinstance(done, Done)] == [False, False]
    assert [done.replayed for done in await together(store, *requests) if isinstance(done, Done)] == [True, True]


async def test_where_a_restored_log_knows_a_part_the_rest_is_carried_out_or_none_of_it(store: Store) -> None:
    one, other, third = *two(), ticket_in(9)
    known, rest = request(Drop(ticket_id=one)), [request(Drop(ticket_id=other)), request(DropFirst(ticket_id=third))]
    await perform(store, known)
    await perform(store, request(Drop(ticket_id=third), key=third))
    results = await together(store, known, *rest)
    assert (results[0], kinds(results)) == (Done({"version": 1}, replayed=True), [Done, Undone, Refused])
    assert await lengths(store, one, other, third) == [1, 0, 1]
    results = await together(store, known, rest[0])
    assert [done.replayed for done in results if isinstance(done, Done)] == [True, False]
    assert await lengths(store, one, other) == [1, 1]


async def test_a_part_that_somebody_else_carries_out_at_the_same_moment_is_not_carried_out_again(store: Store) -> None:
    one, other = two()
    mine = append(one)
    await write(store, mine)
    async with store.transaction() as tx:
        outcomes = await tx.append_together([mine, append(other)], NOW)
    assert kinds(outcomes) == [Known, Undone]
    assert await lengths(store, one, other) == [1, 0]


async def test_an_id_that_stands_for_another_request_undoes_all(store: Store) -> None:
    one, other = two()
    await perform(store, request(Drop(ticket_id=one), key=one, request_hash=b"one"))
    used = request(Drop(ticket_id=one, coin=2), key=one, request_hash=b"two")
    assert await together(store, used, request(Drop(ticket_id=other))) == [Reused(), Undone()]
    assert await lengths(store, one, other) == [1, 0]


async def test_commands_under_one_id_are_a_mistake(store: Store) -> None:
    one, other = two()
    with pytest.raises(ValueError, match="id of its own"):
        await together(store, request(Drop(ticket_id=one), key=1), request(Drop(ticket_id=other), key=1))


@pytest.mark.parametrize("guilty", [0, 1])
async def test_a_value_that_can_not_be_stored_undoes_all_and_is_told_from_the_others(store: Store, guilty: int) -> None:
    tickets = two()
    labels = ["", ""]
    labels[guilty] = "x" * 600_000
    requests = [request(Drop(ticket_id=ticket, label=label)) for ticket, label in zip(tickets, labels, strict=True)]
    expected = [Failed if n == guilty else Undone for n in range(2)]
    assert kinds(await together(store, *requests)) == expected
    assert await lengths(store, *tickets) == [0, 0]


async def test_streams_that_change_at_each_try_are_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.log.together.PAUSE_PER_TRY_SECONDS", 0.0)
    tickets = two()
    own = core()
    judge, tries = own._judge, 0

    async def outdated(*args: Any) -> Any:
        """Somebody else is faster each time."""
        nonlocal tries
        tries += 1
        results, decided = await judge(*args)
        return results, [replace(one, append=structs.replace(one.append, expected=9)) for one in decided]

    monkeypatch.setattr(own, "_judge", outdated)
    results = await together(store, *(request(Drop(ticket_id=ticket)) for ticket in tickets), own=own)
    assert (results, tries) == ([Overtaken(), Overtaken()], MAX_TRIES)
    assert await lengths(store, *tickets) == [0, 0]


async def test_beside_group_commits_and_the_heartbeat_each_pair_is_recorded_whole_and_nobody_waits_in_a_circle(
    store: Store,
) -> None:
    """Three processes write to few jars, singly and in pairs in either order, while a fourth settles shards."""
    jars = [ticket_in(shard) for shard in (3, 11, 25, 60)]
    settling = asyncio.Event()

    async def settle() -> None:
        while not settling.is_set():
            async with store.transaction() as tx:
                await tx.settle(CLOCK.now())
            await asyncio.sleep(0.01)

    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(writing(store)) for _ in range(3)]
        beating = asyncio.create_task(settle())
        stack.push_async_callback(asyncio.gather, beating)
        stack.callback(settling.set)
        chance = random.Random(1)
        asked: list[Coroutine[Any, Any, Any]] = []
        for coin in range(1, 61):
            writer = chance.choice(writers)
            if coin % 3:
                asked.append(writer.perform(request(Drop(ticket_id=chance.choice(jars), coin=coin))))
            else:
                pair = [request(Drop(ticket_id=jar, coin=coin)) for jar in chance.sample(jars, 2)]
                asked.append(writer.perform_together(pair))
        answers = await asyncio.gather(*asked)

    found: dict[int, list[datetime]] = {}
    for row in await rows_of(store):
        found.setdefault(msgspec.json.decode(row.data)["rung"], []).append(row.recorded_at)
    pairs = {coin for coin, answer in zip(range(1, 61), answers, strict=True) if isinstance(answer, list)}
    done = {coin for coin in pairs if kinds(answers[coin - 1]) == [Done, Done]}
    assert {coin for coin, instants in found.items() if coin in pairs} == done
    assert done
    assert all(len(instants) == 2 and len(set(instants)) == 1 for coin, instants in found.items() if coin in pairs)


async def test_those_of_one_process_do_not_get_in_each_others_way(store: Store) -> None:
    one, other = two()
    own, tries = core(), 0
    perform_together = own.perform_together

    async def counting(*args: Any) -> Any:
        nonlocal tries
        tries += 1
        return await perform_together(*args)

    own.perform_together = counting  # type: ignore[method-assign,assignment]
    async with writing(store, own) as writer:
        pairs = [[request(Drop(ticket_id=one)), request(Drop(ticket_id=other))] for _ in range(5)]
        singly = [writer.perform(request(Drop(ticket_id=ticket))) for ticket in (one, other) * 10]
        answers = await asyncio.gather(*map(writer.perform_together, pairs), *singly)
        await writer.drain()
    assert kinds([done for pair in answers[:5] for done in pair]) == [Done] * 10  # type: ignore[union-attr]
    assert (tries, await lengths(store, one, other)) == (5, [15, 15])


async def test_what_was_asked_is_written_before_a_graceful_stop(store: Store) -> None:
    one, other = two()
    async with writing(store) as writer:
        pairs = [[request(Drop(ticket_id=one)), request(Drop(ticket_id=other))] for _ in range(5)]
        asked = [asyncio.create_task(writer.perform_together(pair)) for pair in pairs]
        await asyncio.sleep(0)
        await writer.drain()
    assert await lengths(store, one, other) == [5, 5]
    assert kinds([done for pair in await asyncio.gather(*asked) for done in pair]) == [Done] * 10


async def test_whoever_waits_too_long_is_told_that_the_outcome_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.log.writer.COMMAND_TIMEOUT_SECONDS", 0.0)
    monkeypatch.setattr("kit.log.writer.LAST_ATTEMPT_SECONDS", 0.05)
    one, other = two()
    store = MemoryStore(TICKETS)
    async with writing(store) as writer, store.transaction():  # nobody else gets one
        for _ in range(2):
            with pytest.raises(Unavailable):
                await writer.perform_together([request(Drop(ticket_id=one)), request(Drop(ticket_id=other))])
    assert await lengths(store, one, other) == [0, 0]


class Wandering(WallClock):
    """A clock that is now here, now there, as those of several machines are."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._chance.uniform(-60, 60))


@pytest.mark.parametrize("seed", range(6))
async def test_over_a_line_that_breaks_anywhere_and_with_clocks_that_differ_it_is_still_all_or_none(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.log.together.RETRY_SECONDS", 0.0)
    chance = random.Random(seed)

    async def breaking() -> None:
        if chance.random() < 0.02:
            raise Unavailable("the line broke")
        await asyncio.sleep(0)

    store = MemoryStore(TICKETS, breaking)
    jars = [ticket_in(shard) for shard in (3, 11, 25, 60)]
    whole: set[int] = set()
    refused: set[int] = set()
    async with AsyncExitStack() as stack:
        clocks = [Wandering(chance) for _ in range(3)]
        writers = [await stack.enter_async_context(writing(store, clock=clock)) for clock in clocks]
        asked: list[Coroutine[Any, Any, Any]] = []
        for coin in range(1, 61):
            writer, (one, other) = chance.choice(writers), chance.sample(jars, 2)
            kind = chance.choice(["single", "pair", "refused"])
            if kind == "single":
                asked.append(writer.perform(request(Drop(ticket_id=one, coin=coin))))
            else:
                (whole if kind == "pair" else refused).add(coin)
                second = Drop(ticket_id=other, coin=coin if kind == "pair" else -1)
                asked.append(writer.perform_together([request(Drop(ticket_id=one, coin=coin)), request(second)]))
        await asyncio.gather(*asked)

    found: dict[int, list[datetime]] = {}
    for log in store.tables.log.values():
        assert [row.recorded_at for row in log] == sorted(row.recorded_at for row in log)
        for row in log:
            found.setdefault(msgspec.json.decode(row.data)["rung"], []).append(row.recorded_at)
    assert not refused & found.keys()
    assert all(len(found[coin]) == 2 and len(set(found[coin])) == 1 for coin in whole)
    assert len(found) == 60 - len(refused)


class Died(BaseException):
    """The process, by kill -9."""


async def test_in_memory_too_whoever_dies_at_any_step_leaves_all_or_nothing_and_is_followed_by_a_retry() -> None:
    left: list[list[int]] = []
    for fuse in range(1, 30):
        steps = 0

        async def burn() -> None:
            nonlocal steps
            steps += 1
            if steps == fuse:  # noqa: B023 - called within this round only
                raise Died

        store, requests = MemoryStore(TICKETS, burn), two_coins()
        with suppress(Died):
            await together(store, *requests)
        if steps < fuse:
            break
        left.append([len(store.tables.streams.get(request.stream, ())) for request in requests])
        assert kinds(await together(store, *requests)) == [Done, Done]
        assert [len(store.tables.streams[request.stream]) for request in requests] == [1, 1]
    assert len(left) > 5
    assert all(lengths in ([0, 0], [1, 1]) for lengths in left)
    assert left[-1] == [1, 1]  # it died after the commit, before the answer


@pytest.mark.parametrize("step", ["history", "append_together", "put", "_attempt"])
async def test_a_process_that_is_killed_at_a_step_leaves_all_or_nothing_and_is_followed_by_a_retry(
    dsns: Dsns, connect: Connect, step: str
) -> None:
    store = await connect(dsns.app)
    committed = step == "_attempt"
    async with running(f"together:{step}", dsns, KafkaBus("unused", "unused")) as process:
        process.kill()
        await process.wait()
    assert await lengths(store, *JARS) == ([1, 1] if committed else [0, 0])
    results = await together(store, *two_coins())
    assert [(done.answer["n"], done.replayed) for done in results if isinstance(done, Done)] == [
        (0, committed),
        (1, committed),
    ]
    assert [await coins(store, jar) for jar in JARS] == [(1,), (1,)]


async def test_a_session_that_the_server_ends_in_the_middle_takes_all_back_and_is_followed_by_a_retry(
    dsns: Dsns, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ended = await connect(dsns.app), 0
    append_together = PostgresTx.append_together

    async def ending(self: PostgresTx, *args: Any) -> Any:
        nonlocal ended
        outcomes = await append_together(self, *args)
        assert kinds(outcomes) == [Appended, Appended]
        ended += 1
        if ended == 1:
            await self.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return outcomes

    monkeypatch.setattr(PostgresTx, "append_together", ending)
    results = await together(store, *two_coins())
    assert [done.replayed for done in results if isinstance(done, Done)] == [False, False]
    assert (ended, await lengths(store, *JARS)) == (2, [1, 1])


async def test_an_answer_lost_after_the_commit_is_found_again(dsns: Dsns, connect: Connect) -> None:
    async with proxied(dsns.app) as wire:
        store = await connect(wire.dsn)
        await perform(store, request(Drop(ticket_id=uuid4())))
        wire.swallow = 1
        results = await together(store, *two_coins())
        assert wire.swallowed == 1
        assert [(done.answer["n"], done.replayed) for done in results if isinstance(done, Done)] == [
            (0, True),
            (1, True),
        ]
        assert await lengths(store, *JARS) == [1, 1]
