"""That simulation finds clocks which run on, or stand still, where they should not."""

from importlib import import_module
from typing import Any

import pytest
from tests.simulation.broken import found

from sla_timer.domain.clock.segments import stopped_from
from sla_timer.domain.commands import Fulfil, ResumeClock
from sla_timer.domain.decide import HANDLERS


def test_a_clock_that_forgets_what_it_had_used_up_when_it_was_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(clock: Any, at: Any, consumed: Any) -> Any:
        return stopped_from(clock, at, consumed * 0)

    for module in ("evolve", "pause"):
        monkeypatch.setattr(import_module(f"sla_timer.domain.clock.{module}"), "stopped_from", forgets)
    assert found("by arithmetic", first=8)


def test_a_clock_that_never_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, ResumeClock, lambda command, state: [])
    assert found("by arithmetic", first=6)


def test_a_reply_that_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, Fulfil, lambda command, state: [])
    assert found("by arithmetic", first=3)
