"""A mail that the door passed on: a new matter, or words on one, for whoever is on its side."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.complaints import (
    ACCEPT,
    DECISION,
    WITHDRAW,
    WORDS,
    complained,
    in_arbitration,
    with_outcome,
)
from tests.unit.feedback.test_acknowledging import told
from tests.unit.feedback.test_survey import NOON, fact
from tests.unit.feedback.told import FEEDBACK, POLICIES, TERMS, Story
from tests.unit.sla_timer.story import ACCOUNT

from contracts.base import ERASED
from contracts.complaints import MadeUrgent, OutcomeDisputed, ReviewOpened
from contracts.feedback import FeedbackAddedTo, FeedbackClassified, FeedbackReceived
from contracts.texts import BODY_BYTES, LINE_BYTES, NO_SUBJECT, NO_TEXT
from contracts.tickets import FeedbackMailReceived
from feedback import domain
from feedback.domain.commands import AskInformation, HearMore, ReceiveFeedback
from feedback.domain.refusals import FeedbackUnknown
from feedback.keys import own_subjects
from feedback.react import WORDS_BYTES, Correspondence, feedback_stream, react

ANN, EVE, BOB, OWN = UUID(int=30), UUID(int=31), UUID(int=32), UUID(int=40)
BEGINS = FeedbackMailReceived(
    feedback_id=OWN,
    message_id=OWN,
    account_id=None,
    subject_id=EVE,
    threaded=False,
    follows=False,
    text="Slow.",
    subject="My opinion",
    email="eve@elsewhere.example",
    mail="key",
    thread="<1@pc.example>",
)
ANSWER = replace(BEGINS, feedback_id=FEEDBACK, threaded=True, email="Ann@acme.example", subject_id=ANN)


def known(*named: Any, **more: Any) -> Correspondence:
    return Correspondence(received_at=NOON, policies=POLICIES, named=named, number="F-18", **more)


def asked(event: FeedbackMailReceived, *named: Any, **more: Any) -> tuple[str, Any]:
    (one,) = react(fact(event), known(*named, **more))
    return one


def test_a_mail_begins_a_matter_from_the_instant_at_which_the_door_recorded_it() -> None:
    stream, command = asked(BEGINS)
    assert stream == feedback_stream(OWN)
    (received,) = domain.decide(command, domain.INITIAL)
    assert received == FeedbackReceived(
        feedback_id=OWN,
        number="F-18",
        channel="email",
        account_id=None,
        subject_id=EVE,
        text="My opinion\n\nSlow.",
        terms=TERMS,
        email="eve@elsewhere.example",
        received_at=NOON,
        mail="<1@pc.example>",
    )
    assert own_subjects(received) == ()


@pytest.mark.parametrize(
    ("subject", "text", "words"),
    [
        ("All is said here", NO_TEXT, "All is said here"),
        (NO_SUBJECT, "Slow.", "Slow."),
        (NO_SUBJECT, NO_TEXT, NO_TEXT),
    ],
)
def test_its_subject_is_among_the_words_for_some_people_say_all_there(subject: str, text: str, words: str) -> None:
    _, command = asked(replace(BEGINS, subject=subject, text=text))
    assert command.text == words


def test_the_subject_of_a_reply_is_not_among_its_words() -> None:
    assert asked(replace(ANSWER, subject="Re: The outcome of your complaint"))[1].text == "Slow."


def test_a_line_of_it_may_propose_its_kind_and_ask_for_an_urgent_resolution() -> None:
    _, command = asked(replace(BEGINS, text="Kind: complaint\nLate."))
    assert [type(one) for one in domain.decide(command, domain.INITIAL)] == [FeedbackReceived, ReviewOpened]
    _, command = asked(replace(BEGINS, account_id=ACCOUNT, text="Urgent: yes\nIt stands still."))
    assert [type(one) for one in domain.decide(command, domain.INITIAL)] == [FeedbackReceived, ReviewOpened, MadeUrgent]


def test_it_may_be_about_a_ticket() -> None:
    _, command = asked(BEGINS, about=(UUID(int=9), "P-1042"))
    assert (command.about, command.about_number) == (UUID(int=9), "P-1042")


def test_imported_and_erased_mails_ask_for_nothing() -> None:
    assert react(fact(BEGINS, occurred_at=NOON), known()) == []
    assert react(fact(replace(BEGINS, email=ERASED, text=ERASED)), known()) == []


@pytest.mark.parametrize(
    "identity", ["<1@pc.example>", f"<{'x' * (LINE_BYTES - 2)}>", f"<{'x' * 64 * 1024}@pc.example>"]
)
def test_a_mail_longer_than_any_message_is_cut_and_not_refused(identity: str) -> None:
    long: dict[str, Any] = {"text": "ä" * BODY_BYTES, "subject": NO_SUBJECT, "thread": identity}
    _, command = asked(replace(BEGINS, **long))
    (received,) = domain.decide(command, domain.INITIAL)
    assert isinstance(received, FeedbackReceived)
    assert len(received.text.encode()) == WORDS_BYTES
    story = complained()
    (added,) = story.does(asked(replace(ANSWER, **long), story.state)[1])
    assert (added.text, added.mail) == (received.text, received.mail)
    assert received.mail == (identity if len(identity) <= LINE_BYTES else None)


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        replace(ANSWER, email="bob@acme.example", account_id=ACCOUNT, subject_id=BOB),
        replace(ANSWER, feedback_id=OWN, numbers=("F-17",)),
    ],
)
def test_words_of_its_side_are_part_of_it(answer: FeedbackMailReceived) -> None:
    story = complained()
    stream, command = asked(answer, story.state)
    assert stream == feedback_stream(FEEDBACK)
    (added,) = story.does(command)
    assert added == FeedbackAddedTo(
        feedback_id=FEEDBACK,
        subject_id=story.state.subject_id,
        message_id=OWN,
        channel="email",
        text="Slow.",
        mail="<1@pc.example>",
        colleague=answer.subject_id == BOB,
    )


def test_a_stranger_s_answer_begins_a_matter_of_its_own() -> None:
    state = complained().state
    stranger = replace(ANSWER, email="eve@elsewhere.example", account_id=UUID(int=99))
    for answer in (stranger, replace(stranger, account_id=None), replace(stranger, follows=True)):
        stream, command = asked(answer, state)
        assert (stream, type(command)) == (feedback_stream(OWN), ReceiveFeedback)


def test_who_left_neither_address_nor_account_is_on_nobody_s_side() -> None:
    state = told(account_id=None, email=None).state
    assert not state.is_on_its_side(None, "")
    assert not state.is_on_its_side(None, "ann@acme.example")


def test_of_whoever_was_erased_nothing_is_added_to() -> None:
    state = replace(complained().state, email=ERASED)
    assert not state.is_on_its_side(ACCOUNT, "ann@acme.example")
    assert not state.is_on_its_side(None, ERASED)


def test_an_answer_to_what_is_not_known_here_begins_a_matter_of_its_own() -> None:
    stream, _ = asked(ANSWER)
    assert stream == feedback_stream(OWN)


def test_what_follows_a_mail_waits_for_that_in_the_same_stream() -> None:
    stream, command = asked(replace(ANSWER, follows=True))
    assert (stream, type(command)) == (feedback_stream(FEEDBACK), HearMore)
    (added,) = complained().does(command)
    assert isinstance(added, FeedbackAddedTo)


def test_if_that_mail_never_came_to_be_feedback_it_begins_the_matter() -> None:
    _, command = asked(replace(ANSWER, follows=True))
    (begun,) = domain.decide(command, domain.INITIAL)
    assert isinstance(begun, FeedbackReceived)
    assert (begun.feedback_id, begun.number, begun.text) == (FEEDBACK, "F-18", "Slow.")
    _, command = asked(ANSWER, complained().state)
    with pytest.raises(FeedbackUnknown):
        domain.decide(command, domain.INITIAL)


def test_the_first_of_several_that_it_may_belong_to_counts() -> None:
    mine = complained().state
    others = replace(mine, feedback_id=UUID(int=50), account_id=UUID(int=51), email="bob@other.example")
    stream, _ = asked(ANSWER, others, mine)
    assert stream == feedback_stream(FEEDBACK)


def test_an_answer_completes_the_question() -> None:
    story = complained()
    story.does(AskInformation(by="vp", question="On which day?"))
    (added,) = story.does(asked(ANSWER, story.state)[1])
    assert added.answers
    assert story.state.question is None


def says(story: Story, text: str, n: int = 1) -> FeedbackAddedTo:
    (added,) = story.does(replace(WORDS, text=text, message_id=UUID(int=n)))
    assert isinstance(added, FeedbackAddedTo)
    return added


def test_somebody_unknown_does_not_go_straight_to_the_vp() -> None:
    assert not asked(replace(BEGINS, text="Urgent: yes"))[1].urgent
    assert asked(replace(BEGINS, text="Urgent: yes", account_id=ACCOUNT))[1].urgent


def test_a_line_of_a_later_mail_makes_a_complaint_of_it() -> None:
    story = told(proposed="criticism")
    events = story.does(asked(replace(ANSWER, text="Kind: complaint"), story.state)[1])
    assert [type(event) for event in events] == [FeedbackAddedTo, FeedbackClassified, ReviewOpened]
    again = story.does(asked(replace(ANSWER, text="Kind: complaint", message_id=UUID(int=41)), story.state)[1])
    assert [type(event) for event in again] == [FeedbackAddedTo]


def test_a_clear_dispute_is_offered_and_nothing_is_decided() -> None:
    story = with_outcome()
    assert says(story, "I do not accept this.").offers == "dispute"
    assert says(story, "Thank you.", 2).offers is None
    assert (story.state.stage, len(story.state.unmarked)) == ("outcome", 2)
    assert story.of(OutcomeDisputed) == []


BY_BOB = replace(ANSWER, email="bob@acme.example", account_id=ACCOUNT, subject_id=BOB, text="We do not accept this.")


def test_what_a_colleague_says_after_the_outcome_is_for_staff_to_mark_and_disputes_nothing() -> None:
    story = with_outcome()
    (added,) = story.does(asked(BY_BOB, story.state)[1])
    assert (added.colleague, added.offers, story.state.unmarked) == (True, None, {OWN})
    assert "marking" not in story.due
    assert says(story, "I do not accept this.").offers == "dispute"
    assert "marking" in story.due, "what the customer writes is one if nobody marks it"


def test_of_a_customer_who_left_no_address_everybody_s_words_are_theirs() -> None:
    story = with_outcome()
    nameless = replace(story.state, email=None)
    (added,) = story.does(asked(BY_BOB, nameless)[1])
    assert (added.colleague, added.offers) == (False, "dispute")
    assert "marking" in story.due


def test_it_is_offered_after_the_matter_was_settled_too_and_not_before_an_outcome() -> None:
    story = with_outcome()
    story.does(ACCEPT)
    assert says(story, "I do not accept this.").offers == "dispute"
    assert says(complained(), "I do not accept this.").offers is None


@pytest.mark.parametrize("stage", ["none", "review", "outcome", "arbitration"])
def test_urgent_by_an_answer_at_any_stage(stage: str) -> None:
    stories = {"none": told, "review": complained, "outcome": with_outcome, "arbitration": in_arbitration}
    story = stories[stage](**({"proposed": "praise"} if stage == "none" else {}))
    events = story.does(asked(replace(ANSWER, text="Urgent: yes\nIt stands still."), story.state)[1])
    assert isinstance(events[-1], MadeUrgent)
    assert events[-1].to == ("ceo" if stage == "arbitration" else "vp")
    assert any(isinstance(event, FeedbackClassified) for event in events) == (stage == "none")


@pytest.mark.parametrize("last", [DECISION, WITHDRAW])
def test_after_the_end_an_urgent_answer_is_kept_and_changes_nothing(last: Any) -> None:
    story = in_arbitration()
    story.does(last)
    (added,) = story.does(asked(replace(ANSWER, text="Urgent: yes"), story.state)[1])
    assert added.final == (last is DECISION)
