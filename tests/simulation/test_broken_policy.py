"""That simulation finds clocks which change their terms, and processes that miss a policy."""

import pytest
from tests.simulation.test_broken_rules import found

from kit.policy_book import PolicyBook
from sla_timer.domain.policies import Policies
from sla_timer.domain.policy import Policy


def test_clocks_that_follow_the_latest_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def latest(self: Policies, version: str) -> Policy:
        return self.versions[self.latest]

    monkeypatch.setattr(Policies, "__getitem__", latest)
    assert found("clocks add up", "is under another policy")


def test_a_policy_that_holds_again_and_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_news(self: PolicyBook, version: str, ordinal: int) -> bool:
        return version not in self._known

    monkeypatch.setattr(PolicyBook, "_is_news", is_news)
    assert found("follows the policy", "has another ladder", "requires what")
