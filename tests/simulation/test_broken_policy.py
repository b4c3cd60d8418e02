"""That simulation finds clocks which change their terms, and processes that miss a policy."""

from typing import Any

import pytest
from tests.simulation import drawn_policies, people, policies, runs
from tests.simulation.broken import found
from tests.simulation.drawn_policies import DRAWS

from contracts import policy
from contracts.replacing import replace
from contracts.tickets import Detail, Details
from escalation.domain.ladder import DEFAULT, Ladder, Ladders
from hours.calendar import Calendar
from intake.domain.ticket import information
from intake.heeding import Heeding
from kit.policy_book import PolicyBook
from sla_timer.policy.model import Policy
from sla_timer.policy.versions import Policies


def only(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """Nothing else of the policy is changed, and that in every run: so it takes fewer seeds."""
    monkeypatch.setattr(policies, "DRAWN", 1.0)
    monkeypatch.setattr(drawn_policies, "DRAWS", {field: DRAWS[field]})


def test_clocks_that_follow_the_latest_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def latest(self: Policies, version: str) -> Policy:
        return self.versions[self.latest]

    monkeypatch.setattr(Policies, "__getitem__", latest)
    assert found("clocks add up", "is under another policy", first=12)


def test_a_policy_that_holds_again_and_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_news(self: PolicyBook, version: str, ordinal: int) -> bool:
        return version not in self._known

    monkeypatch.setattr(PolicyBook, "_is_news", is_news)
    assert found("follows the policy", "has another ladder", "requires what", first=2)


def test_a_door_that_requires_what_it_always_did(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(required: object, details: Details, description: str | None) -> tuple[Detail, ...]:
        return information.missing(policy.DEFAULT_REQUIRED, details, description)

    only(monkeypatch, "Policy.required")
    monkeypatch.setattr("tests.simulation.people.COMPLETE_AT_ONCE", 0.0)  # so that it takes fewer seeds
    monkeypatch.setattr("intake.domain.ticket.conversation.missing", missing)
    assert found("and its policy")


def test_tickets_that_wait_for_what_nobody_requires(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(self: Heeding) -> None:
        return

    only(monkeypatch, "Policy.required")
    monkeypatch.setattr(Heeding, "look", look)
    monkeypatch.setattr(runs, "QUIET_LIMIT_SECONDS", 20.0)
    monkeypatch.setattr(people, "FORGOTTEN", 0.5)
    assert found("does not require")


def test_calls_by_the_ladder_that_holds_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def latest(self: Ladders, version: str | None) -> Ladder:
        return self.versions.get(self.last or "", DEFAULT)

    only(monkeypatch, "Ladder.rungs")
    monkeypatch.setattr(Ladders, "named", latest)
    assert found("and the policy", "says that the next is called", first=2)


def test_holidays_that_are_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Calendar.of.__func__  # type: ignore[attr-defined]

    def of(name: str, entry: policy.Calendar, zones: Any) -> Calendar:
        found: Calendar = real(Calendar, name, replace(entry, holidays=()), zones)
        return found

    only(monkeypatch, "Calendar.holidays")
    monkeypatch.setattr(Calendar, "of", of)
    assert found("by arithmetic", first=6)
