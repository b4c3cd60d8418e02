"""That simulation finds what a calendar that no policy knows may come to: clocks that stop, staff who aren't told."""

import pytest
from tests.simulation.broken import found

from contracts.sla import ClockStarted
from contracts.tickets import Tier
from notifier.react import SAYS
from sla_timer.policy.model import Hours, Policy


def test_a_wrong_word_that_stops_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    def hours_for(self: Policy, tier: Tier, agreed: str | None) -> Hours:
        return Hours(self.calendar_for(tier, agreed), agreed is not None)

    monkeypatch.setattr(Policy, "hours_for", hours_for)
    assert found("UnknownCalendar", first=2)


def test_a_wrong_word_of_which_nobody_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAYS, ClockStarted, lambda event, cause, policy: [])
    assert found("unknown calendars are told once", first=3)
