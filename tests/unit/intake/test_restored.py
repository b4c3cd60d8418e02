"""What the doors answered to a command is told again from the event that it began."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import COMPLETED, CONTACTED, MESSAGE, OPENED, REOPENED, RESPONDED, TICKET, recorded

from intake.restored import answer

WITH_MESSAGE = {"ticket_id": str(TICKET), "message_id": str(MESSAGE)}


@pytest.mark.parametrize("event", [CONTACTED, RESPONDED, replace(REOPENED, message_id=MESSAGE)])
def test_who_wrote_is_told_the_message_again_though_it_reopened_the_ticket_first(event: Any) -> None:
    assert answer(recorded(event, version=2)) == WITH_MESSAGE


@pytest.mark.parametrize("event", [COMPLETED, REOPENED])
def test_of_what_came_without_a_message_none_is_told(event: Any) -> None:
    assert answer(recorded(event, version=2)) == {"ticket_id": str(TICKET)}


def test_of_an_opening_the_number_and_what_is_missing_are_told() -> None:
    told = {"ticket_id": str(TICKET), "number": "P-1042", "missing": ()}
    assert answer(recorded(OPENED, version=1)) == told
