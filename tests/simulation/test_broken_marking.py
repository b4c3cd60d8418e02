"""That simulation finds what goes wrong with words that staff mark: a rule is broken on purpose, and a seed fails."""

from dataclasses import replace
from typing import Any

import pytest
from tests.simulation.broken import found

from contracts.envelope import Fact
from contracts.tickets import MessageMarked, TicketEvent
from feedback.react import ASKS, Asked
from intake.domain.commands import MarkMessage
from intake.domain.state import Situation, with_ticket
from intake.domain.ticket import marking


@pytest.fixture(autouse=True)
def staff_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it takes fewer seeds."""
    monkeypatch.setattr("tests.simulation.scenario.MARKING", 1.0)


def test_words_that_count_from_when_they_were_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ASKS[MessageMarked]

    def late(fact: Fact, known: Any) -> Asked:
        return real(fact, replace(known, received_at=fact.recorded_at))

    monkeypatch.setitem(ASKS, MessageMarked, late)
    assert found("what is marked is feedback once")


def test_a_message_that_is_marked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    real = marking.mark

    def forgets(command: MarkMessage, state: Situation) -> list[TicketEvent]:
        return real(command, with_ticket(state, replace(state.ticket, marked=frozenset())))

    monkeypatch.setattr(marking, "mark", forgets)
    assert found("was marked 2 times", "was marked 3 times")


def test_words_of_staff_that_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    real = marking.mark

    def believes(command: MarkMessage, state: Situation) -> list[TicketEvent]:
        said = command.said and replace(command.said, by_customer=True)
        return real(replace(command, said=said), state)

    monkeypatch.setattr(marking, "mark", believes)
    assert found("what is marked was said by a customer")
