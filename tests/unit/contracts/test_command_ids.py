"""Ids of commands are in logs for ever: whoever computes one again must come to the same, or does it twice."""

from uuid import UUID

import pytest

from contracts import command_ids

ID = UUID(int=1)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (command_ids.of_reaction(ID, "notifier", "ticket-1", "Notify", 0), "1095ff5f-0b2c-54e8-9fe5-b8387f1c6a0e"),
        (command_ids.of_ring("clock-1", "due", 3), "01b48573-82d4-5941-b5c4-1bd42eafee56"),
        (command_ids.of_mail("key", "ticket"), "732dc4fc-184c-54c3-8875-0b344cf5a769"),
        (command_ids.of_heeding(ID, 4, "p2"), "71c026c9-7425-5b5f-85c6-12309e424581"),
        (command_ids.of_publication(1, "p2", 7), "dc2fd368-c5d8-5e26-ac57-5c619fe2587b"),
        (command_ids.of_outcome(ID, "ReportSent"), "12b93eb0-da40-5446-b556-737eb5e8d427"),
        (command_ids.of_event(ID, 0), "6ff55b57-2b5f-5022-ad8b-524631694aa1"),
    ],
    ids=["reaction", "ring", "mail", "heeding", "publication", "outcome", "event"],
)
def test_what_led_to_a_command_names_it_as_it_always_did(made: UUID, expected: str) -> None:
    assert made == UUID(expected)
