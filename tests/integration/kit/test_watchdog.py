"""When a consumer gives itself up, and when not."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.kit.conftest import memory_bus
from tests.integration.kit.flow import at_work, eventually
from tests.integration.kit.letters import Letters, post
from tests.integration.kit.test_consume import come, consumer
from tests.integration.kit.toy import ticket_in

from contracts.names import ESCALATIONS, SLA, TICKETS
from kit.bus import BusError, Message
from kit.consume.watchdog import Stuck
from kit.memory import MemoryStore
from kit.memory_bus import MemoryFeed
from kit.store import Unavailable


class Away(MemoryStore):
    """A database that lets nobody write."""

    away = False

    def transaction(self) -> Any:
        if self.away:
            raise Unavailable("away")
        return super().transaction()


async def test_the_watchdog_ends_a_consumer_that_has_work_and_does_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.consume.watchdog.LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr("kit.consume.watchdog.GIVE_UP_AFTER_SECONDS", 0.6)
    store, bus, letters = Away(ESCALATIONS), memory_bus(), Letters()

    async def play() -> None:
        async with at_work(consumer(store, bus)) as (task,):
            await asyncio.sleep(1)
            assert not task.done()  # nothing to do is no reason
            store.away = True
            await post(bus, [letters.coin(uuid4(), 1)])
            await asyncio.wait([task], timeout=10)

    with pytest.raises(Stuck):
        await play()


async def test_the_watchdog_sees_records_that_the_broker_has_and_does_not_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kit.consume.watchdog.LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr("kit.consume.watchdog.GIVE_UP_AFTER_SECONDS", 0.6)
    bus, letters = memory_bus(), Letters()
    bus.delay = lambda topic: True

    async def play() -> None:
        async with at_work(consumer(MemoryStore(ESCALATIONS), bus)) as (task,):
            await post(bus, [letters.coin(uuid4(), 1)])
            await asyncio.wait([task], timeout=10)

    with pytest.raises(Stuck):
        await play()


async def test_waiting_for_a_cause_is_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.consume.watchdog.LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr("kit.consume.watchdog.GIVE_UP_AFTER_SECONDS", 1.6)
    monkeypatch.setattr("kit.consume.watchdog.ALARM_AFTER_SECONDS", 1.2)
    store, bus, ticket = MemoryStore(ESCALATIONS), memory_bus(), ticket_in(7)
    await post(bus, [Letters(SLA).coin(ticket, 1, seen={TICKETS: 1})], SLA)
    async with at_work(own := consumer(store, bus)) as (task,):
        await asyncio.sleep(3)
        assert not task.done()
        assert not own.stalled()
        await post(bus, [Letters().coin(ticket, 0)])
        await come(store, {ticket: [0, 1]})


async def test_a_broker_that_fails_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.consume.consumer.BROKER_RETRY_SECONDS", (0.05, 0.1))
    store, bus, letters, ticket = MemoryStore(ESCALATIONS), memory_bus(), Letters(), uuid4()
    away = True

    class Failing(MemoryFeed):
        async def poll(self, patience: float) -> list[Message]:
            if away:
                raise BusError("gone")
            return await super().poll(patience)

    async def feed(group: str) -> MemoryFeed:
        return Failing(bus)

    monkeypatch.setattr(bus, "feed", feed)
    await post(bus, [letters.coin(ticket, 1)])
    async with at_work(own := consumer(store, bus)) as (task,):
        await asyncio.sleep(1)
        assert not task.done()
        assert (own.unsure(), set(own.lag().values())) == (None, {None})
        away = False
        await come(store, {ticket: [1]})
        await eventually(lambda: _yes(own.unsure() is not None))
        assert set(own.lag().values()) == {0}


async def _yes(so: bool) -> bool:
    return so
