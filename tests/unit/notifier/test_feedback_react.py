"""What is said about feedback and complaints, to whom (P16-P22)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.feedback_facts import (
    ACKNOWLEDGED,
    AFTER_THE_END,
    ANSWER,
    ASKED,
    CALLED,
    DECIDED,
    DISPUTED,
    DISPUTING,
    EVE,
    FEEDBACK,
    NAMED,
    OPENED,
    OUTCOME,
    PRAISE,
    RECEIVED,
    REMINDED,
    TERMS,
    UPDATE,
    URGENT,
    WITHDRAWN,
    WORDS,
    judged,
    rated,
)
from tests.unit.notifier.test_react import CAUSE, fact

from contracts.notifications import LetterRequested, LetterTemplate, NotificationRequested, Requested
from notifier.domain.commands import AnswerMail, NotifierCommand, Notify, OpenThread, Overtake
from notifier.domain.policy import DEFAULT, Policy
from notifier.react import react
from notifier.react.untold import Mailed, came_back, unsent

NOON_TEXT = "2026-07-14T12:00:00Z"


def commands(event: Any, policy: Policy = DEFAULT) -> list[NotifierCommand]:
    """What is to be said; what the fact makes untrue is test_overtaking's."""
    answer = react(fact(event), policy)
    assert {stream for stream, _ in answer} <= {f"thread-{FEEDBACK}"}
    return [command for _, command in answer if not isinstance(command, Overtake)]


def letter(template: LetterTemplate, **more: Any) -> Notify:
    return Notify(cause=CAUSE, template=template, to="requester", **more)


def test_the_words_of_an_urgent_request_that_joins_another_go_to_whoever_was_called() -> None:
    words = Notify(
        cause=CAUSE,
        template="feedback-words",
        to="ceo",
        text="It can't wait.",
        subject_id=EVE,
        about={"urgent": "true"},
    )
    assert commands(replace(URGENT, to="ceo", joins=True)) == [words]


@pytest.mark.parametrize(("urgent", "to"), [(False, "support-manager"), (True, "vp")])
def test_words_after_the_decision_are_kept_and_a_person_reads_whether_they_are_new(urgent: bool, to: Any) -> None:
    kept, told = commands(replace(AFTER_THE_END, urgent=urgent))
    assert kept == letter("complaint-final", automatic="replied")
    assert isinstance(told, Notify)
    assert (told.template, told.to, told.or_reviewer) == ("feedback-words", to, False)
    assert (told.text, told.about["final"]) == (AFTER_THE_END.text, "true")
    assert ("urgent" in told.about) == urgent


def test_feedback_opens_a_thread_and_is_answered_by_a_receipt_that_names_the_deadline() -> None:
    assert commands(RECEIVED) == [
        OpenThread(
            ticket_id=FEEDBACK,
            subject_id=EVE,
            number="F-1000",
            channel="email",
            email="eve@customer.example",
            mail="<hers@customer.example>",
            receipt=letter("feedback-received", automatic="replied", deadline="acknowledgement"),
            language="en",
            zone="Europe/Berlin",
            terms=TERMS,
        )
    ]


def test_the_receipt_of_words_that_staff_marked_names_the_ticket_on_which_they_are() -> None:
    [opened] = commands(replace(RECEIVED, marked=UUID(int=9), about_number="P-1042"))
    assert isinstance(opened, OpenThread)
    assert opened.receipt.about == {"marked_on": "P-1042"}
    [opened] = commands(replace(RECEIVED, about_number="P-1042"))
    assert isinstance(opened, OpenThread)
    assert opened.receipt.about == {}


def test_without_an_address_the_thread_opens_too_and_only_mails_are_replied_to() -> None:
    [opened] = commands(replace(RECEIVED, channel="telephone", email=None, mail=None))
    assert isinstance(opened, OpenThread)
    assert (opened.email, opened.channel, opened.receipt.automatic) == ("", "telephone", "generated")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (ACKNOWLEDGED, letter("feedback-acknowledged", automatic=None, text="We are sorry.")),
        (ASKED, letter("feedback-question", automatic=None, text="On which day?")),
        (
            PRAISE,
            letter("feedback-reclassified", automatic=None, text="You thank us in it.", about={"kind": "praise"}),
        ),
        (
            UPDATE,
            letter(
                "complaint-delayed",
                automatic=None,
                text="We wait for the telephone company.",
                second_text="Its list of calls.",
                about={"next_at": NOON_TEXT},
            ),
        ),
        (
            OUTCOME,
            letter(
                "complaint-outcome",
                automatic=None,
                text="The call was lost.",
                second_text="We call you.",
                third_text="A new line.",
                deadline="silence",
            ),
        ),
        (
            replace(OUTCOME, measures=None, corrects=True),
            letter(
                "complaint-outcome",
                automatic=None,
                text="The call was lost.",
                second_text="We call you.",
                about={"corrects": "true"},
                deadline="silence",
            ),
        ),
        (DISPUTED, letter("complaint-disputed", about={"cause": "customer"})),
        (DECIDED, letter("complaint-decided", automatic=None, text="You get a month for free.")),
        (WITHDRAWN, letter("complaint-withdrawn")),
        (URGENT, letter("complaint-urgent", about={"to": "vp"}, deadline="urgent")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_step_has_its_letter(event: Any, told: Notify) -> None:
    assert commands(event) == [told]


@pytest.mark.parametrize(
    "event",
    [
        replace(ACKNOWLEDGED, noted=True),
        replace(PRAISE, kind="complaint"),
        replace(PRAISE, kind="complaint", cause="deadline"),
        replace(PRAISE, cause="customer"),
        judged("acknowledgement", outcome="kept"),
        judged("update", outcome="cancelled"),
        rated(3, "Well."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_other_things_nobody_is_told(event: Any) -> None:
    assert commands(event) == []


def to_staff(template: LetterTemplate, to: Any = "support-manager", **more: Any) -> Notify:
    return Notify(cause=CAUSE, template=template, to=to, **more)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (REMINDED, to_staff("feedback-reminder", about={"due_at": NOON_TEXT})),
        (
            judged("acknowledgement"),
            to_staff(
                "feedback-promise-broken", about={"promise": "acknowledgement", "due_at": NOON_TEXT, "missed": "0"}
            ),
        ),
        (
            judged("update", missed=2, reclassified=True),
            to_staff(
                "feedback-promise-broken",
                about={"promise": "update", "due_at": NOON_TEXT, "missed": "2", "broken_at": NOON_TEXT},
            ),
        ),
        (
            judged("urgent"),
            to_staff("feedback-promise-broken", "vp", about={"promise": "urgent", "due_at": NOON_TEXT, "missed": "0"}),
        ),
        (OPENED, to_staff("complaint-opened", about={"reviewer": "vp", "since": NOON_TEXT})),
        (replace(OPENED, since=None), to_staff("complaint-opened", about={"reviewer": "vp"})),
        (NAMED, to_staff("complaint-opened", about={"reviewer": "support-manager", "named": "true"})),
        (WORDS, to_staff("feedback-words", or_reviewer=True, text="It was on Monday.", subject_id=EVE)),
        (
            ANSWER,
            to_staff(
                "feedback-words",
                or_reviewer=True,
                text="It was on Monday.",
                subject_id=EVE,
                about={"answers": "true"},
            ),
        ),
        (
            DISPUTING,
            to_staff(
                "feedback-words",
                or_reviewer=True,
                text="It was on Monday.",
                subject_id=EVE,
                about={"offers": "dispute"},
            ),
        ),
        (
            CALLED,
            to_staff(
                "complaint-call",
                "vp",
                about={
                    "escalation": "review",
                    "reason": "review",
                    "turn": "0",
                    "since": NOON_TEXT,
                    "next_in": "1",
                    "next_counts": "working-days",
                    "next_calendar": "weekdays",
                },
            ),
        ),
        (
            replace(CALLED, role="ceo", reason="arbitration", escalation="arbitration", next_in=None),
            to_staff(
                "complaint-call",
                "ceo",
                about={"escalation": "arbitration", "reason": "arbitration", "turn": "0", "since": NOON_TEXT},
            ),
        ),
        (rated(1), to_staff("low-rating", about={"rating": "1"})),
        (rated(2, "Too slow."), to_staff("low-rating", text="Too slow.", subject_id=EVE, about={"rating": "2"})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_staff_are_told(event: Any, told: Notify) -> None:
    assert commands(event) == [told]


def test_from_the_third_renewal_on_the_vp_is_told_beside_the_customer() -> None:
    assert [command.to for command in commands(replace(UPDATE, renewals=2)) if isinstance(command, Notify)] == [
        "requester"
    ]
    letter_to_customer, told = commands(replace(UPDATE, renewals=3))
    assert isinstance(letter_to_customer, Notify)
    assert letter_to_customer.about == {"next_at": NOON_TEXT}
    assert told == to_staff("complaint-renewed", "vp", about={"next_at": NOON_TEXT, "renewals": "3"})


def test_the_policy_says_who_is_told_of_feedback() -> None:
    other = Policy(feedback_to="engineer", complaints_to="ceo", low_rating=3)
    for event, to in ((REMINDED, "engineer"), (judged("urgent"), "ceo"), (rated(3), "engineer")):
        [told] = commands(event, other)
        assert isinstance(told, Notify)
        assert told.to == to


def requested(kind: type[Requested] = LetterRequested, **more: Any) -> Requested:
    values: dict[str, Any] = {
        "ticket_id": FEEDBACK,
        "notification_id": UUID(int=200),
        "template": "complaint-outcome",
        "cause": CAUSE,
        "number": "F-1000",
        "automatic": None,
    }
    return kind(**(values | more))


def test_a_person_is_told_of_a_letter_about_feedback_that_failed() -> None:
    told = to_staff(
        "letter-undeliverable",
        about={"letter": "complaint-outcome", "reason": "550 5.1.1", "requested_at": "2026-07-13T15:00:00Z"},
    )
    assert unsent(fact(requested()), "550 5.1.1", DEFAULT) == [replace(told, cause=UUID(int=200))]


def test_of_a_letter_that_came_back_and_then_failed_a_person_is_told_once() -> None:
    asked = requested()
    mail = Mailed(
        policy=DEFAULT,
        ticket_id=asked.ticket_id,
        notification_id=asked.notification_id,
        template=asked.template,
        role=None,
        subject_id=None,
        requested_at=fact(asked).happened_at,
    )
    assert came_back(mail, "5.1.1") == unsent(fact(asked), "5.1.1", DEFAULT)


@pytest.mark.parametrize(
    "other",
    [
        requested(template="letter-undeliverable", role="support-manager"),
        requested(template="complaint-call", role="vp"),
        requested(NotificationRequested, template="survey"),
    ],
    ids=lambda event: event.template,
)
def test_nobody_is_told_of_other_mails_that_failed(other: Requested) -> None:
    assert unsent(fact(other), "550 5.1.1", DEFAULT) == []


def test_a_mail_with_further_words_is_what_later_letters_answer() -> None:
    mailed = replace(AFTER_THE_END, mail="<second@customer.example>")
    answered, *rest = (command for _, command in react(fact(mailed)))
    assert answered == AnswerMail(subject_id=EVE, mail="<second@customer.example>")
    assert rest == [command for _, command in react(fact(AFTER_THE_END))]
