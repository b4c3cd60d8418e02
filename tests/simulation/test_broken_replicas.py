"""That simulation finds what goes wrong when replicas are lost: a rule is broken on purpose, and some seed says so."""

from math import inf

import pytest
from tests.simulation.broken import found, only

from kit.memory import MemoryTx
from kit.shards.reach import Reach
from kit.store.values import Leased


def test_leases_that_do_not_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MemoryTx.lease

    async def lease(
        self: MemoryTx, owner: object, leaving: object, seconds: float, *more: object, **how: bool
    ) -> Leased:
        return await real(self, owner, leaving, inf, *more, **how)  # type: ignore[arg-type]

    only(monkeypatch, scaled=1.0)
    monkeypatch.setattr(MemoryTx, "lease", lease)
    assert found("it never came to rest", first=10)


def test_a_replica_that_keeps_its_shards_though_it_does_not_reach_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, scaled=1.0)
    monkeypatch.setattr(Reach, "reached", lambda self: True)
    assert found("it never came to rest", first=17)
