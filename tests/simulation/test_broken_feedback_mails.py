"""That simulation finds what goes wrong with mails about feedback: a rule is broken on purpose, and some seed fails."""

from typing import Any
from uuid import UUID

import pytest
from tests.simulation.broken import found

from contracts.envelope import Fact
from contracts.tickets import FeedbackMailReceived
from feedback.domain.state import Feedback
from feedback.react import ASKS, Asked


@pytest.fixture(autouse=True)
def everybody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it takes fewer seeds."""
    monkeypatch.setattr("tests.simulation.scenario.WRITING", 1.0)


def test_a_stranger_whose_words_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_on_its_side(self: Feedback, account_id: UUID | None, email: str) -> bool:
        return True

    monkeypatch.setattr(Feedback, "is_on_its_side", is_on_its_side)
    assert found("each is said once where it belongs")


def test_an_answer_that_is_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ASKS[FeedbackMailReceived]

    def twice(fact: Fact, known: Any) -> Asked:
        return [*real(fact, known), *real(fact, known)]

    monkeypatch.setitem(ASKS, FeedbackMailReceived, twice)
    assert found("each is said once where it belongs")


def test_an_answer_that_begins_a_matter_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.react.addressed", lambda *_: None)
    assert found("each is said once where it belongs")


def test_an_answer_to_the_desk_that_is_no_feedback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.mailroom.receive.answers_letter", lambda *_: False)
    assert found("mails are kept and do what they ask", first=37)
