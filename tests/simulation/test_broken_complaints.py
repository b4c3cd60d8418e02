"""That simulation finds what is wrong with complaints: a rule is broken on purpose, and some seed fails."""

from dataclasses import replace
from typing import Any

import pytest
from tests.simulation.broken import found

from contracts.complaints import OutcomeGiven, ReviewOpened
from escalation.react.asks import ASKS
from feedback.domain import deadlines
from feedback.domain.commands import GiveUpdate
from feedback.domain.steps import ANY, BY_EVENT, STEPS
from notifier.react import SAYS


@pytest.fixture(autouse=True)
def everybody_has_an_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it takes fewer seeds."""
    monkeypatch.setattr("tests.simulation.scenario.OPINIONATED", 1.0)


def test_an_outcome_that_keeps_no_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BY_EVENT, OutcomeGiven, replace(BY_EVENT[OutcomeGiven], keeps=()))
    assert found("each promise has its verdict")


def test_a_decision_that_is_not_final(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STEPS, GiveUpdate, replace(STEPS[GiveUpdate], stages=ANY))
    assert found("follows the decision")


def test_a_review_that_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = deadlines.promising

    def promising(state: Any, promise: Any, **terms: Any) -> Any:
        return state if promise == "update" else real(state, promise, **terms)

    monkeypatch.setattr(deadlines, "promising", promising)
    assert found("nothing is due, and nobody was told")


def test_a_letter_that_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAYS, OutcomeGiven, lambda *_: [])
    assert found("everybody hears of each step once")


def test_a_review_to_which_nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ASKS, ReviewOpened, lambda *_: [])
    assert found("who has to act is called")
