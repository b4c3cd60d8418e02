"""That simulation finds what goes wrong when replicas are lost: a rule is broken on purpose, and some seed says so."""

from math import inf

import pytest
from tests.simulation.test_broken_mail import only
from tests.simulation.test_broken_rules import found

from kit.memory import MemoryTx
from kit.stored import Leased


def test_leases_that_do_not_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MemoryTx.lease

    async def lease(
        self: MemoryTx, owner: object, leaving: object, seconds: float, *more: object, take: bool
    ) -> Leased:
        return await real(self, owner, leaving, inf, *more, take=take)  # type: ignore[arg-type]

    only(monkeypatch, scaled=1.0)
    monkeypatch.setattr(MemoryTx, "lease", lease)
    assert found("it never came to rest")
