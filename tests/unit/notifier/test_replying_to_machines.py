"""Nothing is replied to what a machine or a list sends; who waits then is told to a person."""

from dataclasses import replace
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.feedback_facts import RECEIVED
from tests.unit.notifier.test_react import ADA, TICKET, fact
from tests.unit.notifier.test_survey_mails import replaced

from contracts.feedback import FeedbackAddedTo
from contracts.tickets import Details, InformationReceived, TicketOpened
from notifier.domain import INITIAL, decide, evolve
from notifier.react import react
from notifier.render import render

OPENED = TicketOpened(
    ticket_id=TICKET,
    number="P-1042",
    account_id=UUID(int=9),
    subject_id=ADA,
    account_version=1,
    channel="email",
    severity=3,
    priority="normal",
    tier="patrol",
    calendar=None,
    details=Details(),
    missing=("product", "os"),
    title="Disk full",
    description="It is full.",
    email="monitor@acme.example",
    machine=True,
)
PARTLY = InformationReceived(ticket_id=TICKET, subject_id=ADA, details=Details(os="Linux"), missing=("product",))


def said(*events: Any) -> list[tuple[str, str | None, str | None]]:
    """Of all that is said after these facts: the template, to which role, and why it is not sent."""
    thread: list[Any] = []
    for n, event in enumerate(events):
        for _, command in react(replaced(fact(event), n)):
            thread += decide(command, reduce(evolve, thread, INITIAL))
    return [(one.template, getattr(one, "role", None), getattr(one, "reason", None)) for one in thread[1:]]


def test_a_machine_gets_no_receipt_and_the_support_manager_hears_of_what_nobody_was_asked() -> None:
    assert said(OPENED) == [
        ("ticket-received", None, "machine"),
        ("question-withheld", "support-manager", None),
    ]


def test_a_machine_s_complete_request_waits_for_nothing() -> None:
    assert said(replace(OPENED, missing=())) == [("ticket-received", None, "machine")]


@pytest.mark.parametrize(
    ("machine", "told"),
    [
        (True, [("information-wanted", None, "machine"), ("question-withheld", "support-manager", None)]),
        (False, [("information-wanted", None, None)]),
    ],
)
def test_only_a_person_is_asked_again(machine: bool, told: list[Any]) -> None:
    before = replace(OPENED, machine=False)
    assert said(before, replace(PARTLY, machine=machine))[1:] == told


def test_a_machine_s_feedback_gets_no_receipt() -> None:
    assert said(replace(RECEIVED, machine=True)) == [("feedback-received", None, "machine")]


def test_a_machine_s_words_after_the_decision_are_kept_without_a_letter() -> None:
    more = FeedbackAddedTo(
        feedback_id=RECEIVED.feedback_id,
        subject_id=RECEIVED.subject_id,
        message_id=UUID(int=5),
        channel="email",
        text="Again.",
        final=True,
        machine=True,
    )
    assert said(RECEIVED, more)[1:] == [
        ("complaint-final", None, "machine"),
        ("feedback-words", "support-manager", None),
    ]


def test_the_notice_names_what_is_missing() -> None:
    words = render("question-withheld", number="P-1042", desk="Desk", role="support-manager", about={"missing": "os"})
    assert "Missing: os" in words.text
    assert words.subject == "[P-1042] A ticket waits, and nobody was asked"
