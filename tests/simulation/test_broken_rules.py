"""That simulation finds what it should: a rule is broken on purpose, and some seed fails and says why."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.simulation.broken import found

from kit.consume import redrive
from kit.log.request import CommandRequest, Result
from kit.memory import MemoryTx
from kit.relay.relay import Relay
from kit.simulate.process import Process
from kit.store.values import CursorMove, Relayed
from kit.timers.edge import Edge
from sla_timer.domain.clock.fulfil import end_clock
from sla_timer.domain.commands import EndClock
from sla_timer.domain.decide import HANDLERS
from sla_timer.domain.events import SlaEvent
from sla_timer.domain.state import AwaitingInformation, Situation


def test_a_consumer_that_forgets_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    async def advance(self: MemoryTx, moves: Sequence[CursorMove], seen: Sequence[tuple[int, str, int]]) -> None:
        await self._step()

    monkeypatch.setattr(MemoryTx, "advance", advance)
    assert found("heard 0 of")


def test_a_client_that_asks_again_with_another_id(monkeypatch: pytest.MonkeyPatch) -> None:
    real, chance = Process.perform, random.Random(0)
    asked: set[UUID] = set()

    async def perform(self: Process, request: CommandRequest) -> Result:
        if request.command_id in asked:
            request = structs.replace(request, command_id=UUID(int=chance.getrandbits(128)))
        asked.add(request.command_id)
        return await real(self, request)

    monkeypatch.setattr(Process, "perform", perform)
    assert found("is there 2 times")


def test_a_relay_that_passes_over_what_was_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Relay._send

    async def send(self: Relay, producer: Any, pending: Any, epochs: dict[int, int]) -> Any:
        _, failure = await real(self, producer, pending, epochs)
        last = {row.shard: row for row, _ in pending}
        first = {row.shard: row.shard_seq for row, _ in reversed(pending)}
        done = [
            Relayed(shard, first[shard] - 1, row.shard_seq, row.event_id, epochs[shard]) for shard, row in last.items()
        ]
        return done, failure

    monkeypatch.setattr(Relay, "_send", send)
    assert found("can be read", "heard", first=1)


def test_timers_that_do_not_wait_for_the_settled_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Edge, "evidence", lambda self, *args, **named: "settled")
    assert found("clocks add up", first=8)


def test_a_clock_that_waits_on_though_its_ticket_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(command: EndClock, state: Situation) -> list[SlaEvent]:
        return [] if isinstance(state, AwaitingInformation) else end_clock(command, state)

    monkeypatch.setitem(HANDLERS, EndClock, ended)
    monkeypatch.setattr("tests.simulation.people.HASTY", 0.9)  # so that it takes fewer seeds
    assert found("by arithmetic it waited")


def test_records_applied_before_their_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.consume.consumer.seen_by", lambda batch: [])
    assert found("is told once", "escalate once", first=9)


def test_a_transaction_that_is_not_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryTx, "undo", lambda self: None)
    assert found("told", "surveyed", "clocks add up", first=10)


def test_what_follows_a_parked_record_and_is_not_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    async def parked_in(self: MemoryTx, shards: Sequence[int]) -> dict[int, set[UUID]]:
        return {}

    monkeypatch.setattr(MemoryTx, "parked_in", parked_in)
    monkeypatch.setattr("tests.simulation.poison.FLAWLESS", 0.2)  # so that it takes fewer seeds
    assert found("comes after", first=17)


def test_a_redrive_that_forgets_what_it_should_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    async def retry(store: Any, follow: Any, *place: Any) -> int:
        return await redrive.drop(store, *place)

    monkeypatch.setattr(redrive, "retry", retry)
    assert found("did not follow", first=11)
