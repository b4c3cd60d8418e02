"""What the tests have in common that break a rule on purpose: some seed has to find it, and say why."""

import pytest
from tests.simulation.runs import Report, simulate

from kit.simulate.faults import Faults

SEEDS = 100


def found(*words: str, first: int = 0) -> Report:
    """The report of a seed that fails and says one of these words: `first`, which is known to, or else any other."""
    for seed in sorted(range(SEEDS), key=lambda seed: seed != first):
        report = simulate(str(seed))
        if any(word in finding for finding in report.findings for word in words):
            return report
    pytest.fail(f"none of {SEEDS} seeds found it")


def only(monkeypatch: pytest.MonkeyPatch, **faults: float) -> None:
    """Nothing else goes wrong: so it takes fewer seeds."""
    monkeypatch.setattr(Faults, "drawn", lambda random: Faults(**faults))
