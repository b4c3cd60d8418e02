"""Who is expected to do what until when, and what a list shows of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.unit.feedback.complaints import (
    ACCEPT,
    DECISION,
    OUTCOME,
    URGENT,
    WORDS,
    complained,
    in_arbitration,
    update,
    with_outcome,
)
from tests.unit.feedback.told import Story, received
from tests.unit.sla_timer.story import ny

from feedback.domain.commands import AskInformation
from feedback.domain.expected import expected, next_deadline


def open_in(story: Story) -> list[tuple[str, str, datetime | None]]:
    return [(one.who, one.what, one.due_at) for one in expected(story.state)]


TUESDAY, THURSDAY, WEEK = ny("2026-07-14 10:00"), ny("2026-07-16 10:00"), ny("2026-07-21 10:00")
REVIEWS: Any = ("vp", "review it and give the outcome", None)


def test_a_complaint_waits_for_its_acknowledgement_its_review_and_an_update() -> None:
    story = Story(TUESDAY)
    story.does(received())
    assert open_in(story) == [
        ("staff", "acknowledge it", THURSDAY),
        ("support-manager", "give the outcome or an update", WEEK),
        REVIEWS,
    ]
    assert next_deadline(story.state) == ("acknowledgement", THURSDAY)


def test_before_sla_timer_has_answered_nothing_is_known_to_be_due() -> None:
    story = Story(TUESDAY)
    story.does(received())
    first = story.log[0][1]
    from feedback import domain

    state: Any = domain.evolve(domain.INITIAL, first)
    assert next_deadline(state) is None
    assert [(one.who, one.due_at) for one in expected(state)] == [("staff", None)]


def test_a_question_waits_for_the_customer_and_an_urgent_complaint_for_the_vp() -> None:
    story = complained()
    story.does(AskInformation(by="vp", question="Which ticket was it?"))
    story.does(URGENT)
    assert open_in(story) == [
        ("vp", "answer the urgent complaint", ny("2026-07-14 14:00")),
        ("support-manager", "give the outcome or an update", WEEK),
        REVIEWS,
        ("customer", "answer the question", None),
    ]


def test_after_the_outcome_the_customer_is_expected_and_the_reviewer_for_free_words() -> None:
    story = with_outcome()
    assert open_in(story) == [("customer", "accept or dispute the outcome", ny("2026-08-11 10:00"))]
    story.does(WORDS)
    assert open_in(story)[0] == ("vp", "say what the customer's words mean", THURSDAY)


def test_in_arbitration_the_ceo_is_expected_and_also_answers_what_is_urgent() -> None:
    story = in_arbitration()
    story.does(URGENT)
    assert open_in(story) == [
        ("ceo", "answer the urgent complaint", ny("2026-07-14 14:00")),
        ("support-manager", "give the decision or an update", WEEK),
        ("ceo", "decide", None),
    ]


def test_of_what_is_over_nothing_is_expected() -> None:
    story = in_arbitration()
    story.does(DECISION)
    assert open_in(story) == []
    settled = with_outcome()
    settled.does(ACCEPT)
    assert open_in(settled) == []


def test_a_promised_update_is_due_when_it_was_promised() -> None:
    story = complained()
    story.does(update(ny("2026-07-24 17:00")))
    assert next_deadline(story.state) == ("update", ny("2026-07-24 17:00"))
    assert OUTCOME.by == "vp"
    assert UUID(int=5) not in story.state.unmarked
