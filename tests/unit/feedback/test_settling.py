"""A report waits until nothing can be recorded any more as of its instant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.unit.sla_timer.story import utc

from contracts.names import SHARDS
from feedback.http import settling
from feedback.http.settling import settle
from kit.http.desk import Desk
from kit.store import ClockWrong, ShardClosed

NOON = utc("2026-07-14 12:00")


class Shards:
    """A log in whose shards somebody is at work: `idle` are those that aren't, each time that we look."""

    def __init__(self, *idle: set[int]) -> None:
        self._idle = list(idle)
        self.looked: list[datetime] = []

    async def settle(self, at: datetime) -> tuple[datetime, dict[int, int]]:
        self.looked.append(at)
        free = self._idle.pop(0) if len(self._idle) > 1 else self._idle[0]
        return at, dict.fromkeys(free, 0)

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Any]:
        yield self


def desk(log: Shards) -> Desk:
    return cast(Desk, SimpleNamespace(store=log))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "PAUSE_SECONDS", 0)


async def test_each_shard_must_have_been_idle_once() -> None:
    every = set(range(SHARDS))
    log = Shards(every - {3, 4}, every - {4, 5}, {4})
    await settle(desk(log), NOON, sound=True)
    assert log.looked == [NOON] * 3


async def test_a_shard_that_is_closed_is_waited_for_in_vain() -> None:
    log = Shards(set(range(1, SHARDS)))
    with pytest.raises(ShardClosed):
        await settle(desk(log), NOON, sound=True)
    assert len(log.looked) == settling.ATTEMPTS


async def test_by_a_wrong_clock_the_floor_is_not_raised() -> None:
    log = Shards(set(range(SHARDS)))
    with pytest.raises(ClockWrong):
        await settle(desk(log), NOON, sound=False)
    assert log.looked == []
