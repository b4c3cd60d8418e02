"""Words on a ticket that staff mark are feedback from when they came, by the kind that staff name (P17, P18)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.complaints import TUESDAY
from tests.unit.feedback.test_mails import known
from tests.unit.feedback.test_survey import NOON, fact
from tests.unit.feedback.told import FEEDBACK, TERMS, Story, refusal
from tests.unit.sla_timer.story import ACCOUNT, SUBJECT, ny

from contracts.base import ERASED
from contracts.complaints import ReviewOpened
from contracts.feedback import FeedbackClassified, FeedbackReceived, PromiseJudged
from contracts.texts import BODY_BYTES
from contracts.tickets import MessageMarked
from feedback import domain
from feedback.domain.commands import Classify
from feedback.domain.refusals import OnlyReviewer
from feedback.keys import own_subjects
from feedback.react import WORDS_BYTES, feedback_stream, react
from feedback.words import words_of

TICKET, MESSAGE = UUID(int=60), UUID(int=61)
LAST_WEEK = ny("2026-07-06 10:00")
MARKED = MessageMarked(
    ticket_id=TICKET,
    number="P-1042",
    message_id=MESSAGE,
    feedback_id=FEEDBACK,
    account_id=ACCOUNT,
    subject_id=SUBJECT,
    channel="portal",
    text="Three days without a word.",
    reason="She waits since Monday.",
    received_at=LAST_WEEK,
    kind="complaint",
    email="ann@acme.example",
    language="de",
    zone="Europe/Berlin",
)


def asked(event: MessageMarked) -> tuple[str, Any]:
    (one,) = react(fact(event), known_at(event))
    return one


def known_at(event: MessageMarked) -> Any:
    return replace(known(), received_at=event.received_at)


def marked(**changes: Any) -> Story:
    """The words, marked on Tuesday."""
    story = Story(TUESDAY)
    story.does(asked(replace(MARKED, **changes))[1])
    return story


def test_words_that_staff_mark_are_feedback_about_the_ticket_from_when_they_came() -> None:
    stream, command = asked(MARKED)
    assert stream == feedback_stream(FEEDBACK)
    received, classified, opened = domain.decide(command, domain.INITIAL)
    assert received == FeedbackReceived(
        feedback_id=FEEDBACK,
        number="F-18",
        channel="portal",
        account_id=ACCOUNT,
        subject_id=SUBJECT,
        text="Three days without a word.",
        terms=TERMS,
        email="ann@acme.example",
        about=TICKET,
        about_number="P-1042",
        received_at=LAST_WEEK,
        language="de",
        zone="Europe/Berlin",
        marked=MESSAGE,
    )
    assert classified == FeedbackClassified(
        feedback_id=FEEDBACK,
        subject_id=SUBJECT,
        kind="complaint",
        cause="staff",
        reason="She waits since Monday.",
    )
    assert opened == ReviewOpened(feedback_id=FEEDBACK, number="F-18", since=LAST_WEEK)
    assert own_subjects(received) == ()


def test_a_complaint_of_last_week_has_its_acknowledgement_and_its_update_broken_at_once_and_each_once() -> None:
    story = marked().until(TUESDAY)
    assert story.judged == [
        ("acknowledgement", "broken", ny("2026-07-08 10:00")),
        ("update", "broken", ny("2026-07-13 10:00")),
    ]
    assert [(one.at, one.reclassified) for one in story.of(PromiseJudged)] == [(TUESDAY, True), (TUESDAY, True)]
    assert story.due["update"] == ny("2026-07-15 10:00")
    story.until(ny("2026-07-15 09:59"))
    assert len(story.judged) == 2


def test_what_is_not_past_is_due_as_if_it_had_been_marked_at_once() -> None:
    story = marked(received_at=ny("2026-07-13 10:00"))
    assert (story.judged, story.due["acknowledgement"], story.due["update"]) == (
        [],
        ny("2026-07-15 10:00"),
        ny("2026-07-20 10:00"),
    )


@pytest.mark.parametrize(("kind", "stage"), [("complaint", "review"), ("criticism", "none"), ("praise", "none")])
def test_the_kind_is_staffs_and_not_the_customers(kind: Any, stage: str) -> None:
    story = marked(kind=kind)
    assert (story.state.kind, story.state.by_staff, story.state.stage) == (kind, True, stage)
    assert story.of(FeedbackReceived)[0].proposed is None
    assert story.does(Classify(by="engineer", kind=kind, reason="So it is.")) == []


def test_without_a_kind_nobody_has_said_yet() -> None:
    story = marked(kind=None, received_at=ny("2026-07-13 10:00"))
    assert [type(event) for event in story.events[:1]] == [FeedbackReceived]
    assert (story.of(FeedbackClassified), story.state.kind, story.state.by_staff) == ([], None, False)
    assert story.until(ny("2026-07-15 10:00")).state.kind == "complaint"


def test_only_the_vp_says_that_a_marked_complaint_is_none() -> None:
    refused = refusal(marked(), Classify(by="engineer", kind="criticism", reason="It is not."))
    assert isinstance(refused, OnlyReviewer)


def test_heard_twice_it_is_one_matter() -> None:
    story = marked()
    assert domain.decide(asked(MARKED)[1], story.state) == []
    assert domain.decide(asked(replace(MARKED, kind="praise"))[1], story.state) == []


def test_imported_and_erased_markings_ask_for_nothing() -> None:
    assert react(fact(MARKED, occurred_at=NOON), known_at(MARKED)) == []
    assert react(fact(replace(MARKED, text=ERASED, reason=ERASED, email=ERASED)), known_at(MARKED)) == []


def test_without_a_known_address_nothing_is_owed_but_the_review() -> None:
    story = marked(email=None).until(TUESDAY)
    assert {name for name, _, _ in story.judged} == {"update"}
    assert story.state.stage == "review"


def test_the_longest_message_is_cut_and_not_refused() -> None:
    received = domain.decide(asked(replace(MARKED, text="ä" * (BODY_BYTES // 2)))[1], domain.INITIAL)[0]
    assert isinstance(received, FeedbackReceived)
    assert len(received.text.encode()) == WORDS_BYTES


def test_the_history_says_on_which_ticket_staff_marked_it() -> None:
    (received,) = marked().of(FeedbackReceived)
    assert words_of(received) == (
        "It came by portal, at 2026-07-06T14:00:00Z. Staff marked it as feedback, on ticket P-1042."
    )
