"""That simulation finds what goes wrong when a database goes back in time: a rule is broken, and some seed says so."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.simulation.broken import found

from contracts.envelope import Fact
from kit.decider import Put
from kit.log.perform import Core
from kit.memory import MemoryTx
from kit.memory.tables import Tables
from kit.recovery.lacking import Comparison
from kit.simulate.faults import Faults
from kit.simulate.restore import Restores
from kit.store.values import Closed, Row


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it takes fewer seeds."""
    monkeypatch.setattr(Faults, "drawn", partial(_often, Faults.drawn))


def _often(drawn: Any, random: Any) -> Faults:
    faults: Faults = drawn(random)
    return replace(faults, restored=1.0)


def test_a_log_that_goes_on_without_what_the_broker_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(self: Tables, shard: int) -> Closed | None:
        return None

    monkeypatch.setattr(Tables, "closed", closed)
    monkeypatch.setattr(Comparison, "take", lambda self, envelope, ours: False)
    assert found("it never came to rest", "is another one than in the log", first=2)


def test_rows_that_are_adopted_stream_by_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    async def adopt(self: Core, tx: Any, rows: Sequence[Row]) -> list[Fact] | None:
        puts: list[Put] = []

        def noted(*values: Any) -> Iterable[Put]:
            puts.extend(self.project(*values))
            return ()

        facts = await real(replace(self, project=noted), tx, rows)
        await tx.put(puts)
        return facts

    real = Core.adopt
    monkeypatch.setattr(Core, "adopt", adopt)
    monkeypatch.setattr(Restores, "_whose", lambda self: "notifier")
    assert found("read models equal the log", "is sent again", "it never came to rest")


def test_commands_that_are_forgotten_though_their_events_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MemoryTx.adopt

    async def adopt(self: MemoryTx, rows: Sequence[Row], answers: Any) -> bool:
        return await real(self, rows, {})

    monkeypatch.setattr(MemoryTx, "adopt", adopt)
    assert found("nobody remembers it", "is there twice", first=2)
