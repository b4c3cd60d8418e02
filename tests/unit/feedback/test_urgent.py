"""A complaint that is urgent goes straight to the VP, or to the CEO (P22)."""

from tests.unit.feedback.complaints import (
    ACCEPT,
    DISPUTE,
    THANKS,
    TUESDAY,
    URGENT,
    complained,
    in_arbitration,
    with_outcome,
)
from tests.unit.feedback.told import Story, received
from tests.unit.sla_timer.story import ny

from contracts.complaints import MadeUrgent
from contracts.feedback import FeedbackClassified
from feedback.domain.expected import expected


def test_urgent_a_person_answers_within_four_open_hours() -> None:
    story = complained().until(ny("2026-07-14 15:00"))
    story.does(URGENT)
    assert story.due["urgent"] == ny("2026-07-15 11:00")
    assert story.of(MadeUrgent)[0].to == "vp"
    story.until(ny("2026-07-15 10:59")).does(THANKS)
    assert ("urgent", "kept", ny("2026-07-15 11:00")) in story.judged


def test_urgent_and_unanswered_it_is_broken() -> None:
    story = complained().until(ny("2026-07-14 15:00"))
    story.does(URGENT)
    story.until(ny("2026-07-15 11:00")).does(THANKS)
    assert ("urgent", "broken", ny("2026-07-15 11:00")) in story.judged


def test_a_second_urgent_request_joins_the_first() -> None:
    story = complained()
    story.does(URGENT)
    story.until(ny("2026-07-14 12:00")).does(URGENT)
    assert story.due["urgent"] == ny("2026-07-14 14:00")
    assert [one.joins for one in story.of(MadeUrgent)] == [False, True]


def test_whoever_was_called_is_expected_to_answer_also_after_a_dispute() -> None:
    story = with_outcome()
    story.does(URGENT)
    story.does(DISPUTE)
    assert ("vp", "answer the urgent complaint") in [(one.who, one.what) for one in expected(story.state)]
    story.does(URGENT)
    assert [one.to for one in story.of(MadeUrgent)] == ["vp", "ceo"]
    assert ("ceo", "answer the urgent complaint") in [(one.who, one.what) for one in expected(story.state)]


def test_urgent_during_arbitration_goes_to_the_ceo() -> None:
    story = in_arbitration()
    story.does(URGENT)
    assert story.of(MadeUrgent)[0].to == "ceo"


def test_urgent_it_is_a_complaint_with_all_its_deadlines() -> None:
    story = Story(TUESDAY)
    story.does(received("praise"))
    story.does(URGENT)
    assert [one.cause for one in story.of(FeedbackClassified)] == ["customer"]
    assert story.due.keys() == {"acknowledgement", "update", "urgent"}
    at_once = Story(TUESDAY)
    at_once.does(received(None, urgent=True))
    assert at_once.due.keys() == {"acknowledgement", "update", "urgent"}


def test_what_is_urgent_after_it_was_settled_is_answered() -> None:
    story = with_outcome()
    story.does(ACCEPT)
    story.does(URGENT)
    story.does(THANKS)
    assert [judged[:2] for judged in story.judged if judged[0] == "urgent"] == [("urgent", "kept")]
