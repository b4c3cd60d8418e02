"""A timer that should have rung and stands in the table is found, whatever the process believes."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.integration.kit.flow import CLOCK
from tests.integration.kit.hourglass import core, turn

from contracts.names import shard_of
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.timers.audit import OVERDUE_AFTER_SECONDS, Auditor

Store = PostgresStore | MemoryStore


def ago(seconds: float) -> datetime:
    return CLOCK.now() - timedelta(seconds=seconds)


async def test_the_earliest_timer_of_each_shard_is_looked_at(store: Store) -> None:
    early, late = uuid4(), uuid4()
    auditor = Auditor(store, CLOCK)
    await auditor.look()
    assert auditor.overdue() == 0
    await turn(store, ago(-3600), core(), uuid4())
    await auditor.look()
    assert auditor.overdue() == 0
    await turn(store, ago(10), core(), early)
    await turn(store, ago(5), core(), late)
    await auditor.look()
    assert auditor.overdue() == pytest.approx(10, abs=5)
    assert auditor.late() == {}


async def test_what_is_overdue_for_too_long_is_said_by_shard(store: Store) -> None:
    ticket: UUID = uuid4()
    auditor = Auditor(store, CLOCK)
    await turn(store, ago(OVERDUE_AFTER_SECONDS + 100), core(), ticket)
    await auditor.look()
    assert auditor.late().keys() == {shard_of(ticket)}
    assert auditor.late({shard_of(ticket)}).keys() == {shard_of(ticket)}
    assert auditor.late(set(range(64)) - {shard_of(ticket)}) == {}
