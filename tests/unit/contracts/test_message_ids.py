"""Message-IDs of our mails."""

from uuid import UUID

import pytest

from contracts.message_ids import feedback_of, letter_id, message_id, ticket_of

TICKET, NOTIFICATION = UUID(int=7), UUID(int=8)


def test_a_message_id_of_ours_names_its_ticket() -> None:
    ours = message_id(TICKET, NOTIFICATION, "desk.example")
    assert ours == f"<{TICKET}.{NOTIFICATION}@desk.example>"
    assert ticket_of(ours) == TICKET
    assert ticket_of(ours.upper()) == TICKET


@pytest.mark.parametrize(
    "other", ["", "<>", f"<{NOTIFICATION}@desk.example>", f"{TICKET}.{NOTIFICATION}@desk.example", "<a.b@c>"]
)
def test_any_other_names_none(other: str) -> None:
    assert ticket_of(other) is None
    assert feedback_of(other) is None


def test_a_letter_names_its_feedback_and_no_ticket() -> None:
    letter = letter_id(TICKET, NOTIFICATION, "desk.example")
    assert feedback_of(letter) == feedback_of(letter.upper()) == TICKET
    assert ticket_of(letter) is None
    assert feedback_of(message_id(TICKET, NOTIFICATION, "desk.example")) is None
