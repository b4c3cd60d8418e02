"""That simulation finds clocks which change their terms, and processes that miss a policy."""

from typing import Any

import pytest
from tests.simulation.test_broken_rules import found

from contracts.sla import PolicyPublished
from kit.policy_book import PolicyBook
from sla_timer.domain.policies import Policies
from sla_timer.domain.policy import Policy


def test_clocks_that_follow_the_latest_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def latest(self: Policies, version: str) -> Policy:
        return self.versions[self.latest]

    monkeypatch.setattr(Policies, "__getitem__", latest)
    assert found("clocks add up", "is under another policy")


def test_a_policy_that_holds_again_and_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PolicyBook.learn

    def learn(self: PolicyBook, published: PolicyPublished, ordinal: int) -> Any:
        known: set[str] = self.__dict__.setdefault("known", set())
        if published.version not in known:
            known.add(published.version)
            real(self, published, ordinal)

    monkeypatch.setattr(PolicyBook, "learn", learn)
    assert found("follows the policy", "has another ladder")
