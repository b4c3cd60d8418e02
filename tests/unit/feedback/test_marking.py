"""What the customer writes after the outcome, in free words, and what the reviewer says that they mean (P21)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.complaints import ACCEPT, SPLIT, WORDS, with_outcome
from tests.unit.feedback.told import refusal
from tests.unit.sla_timer.story import ny

from contracts.complaints import OutcomeDisputed, WordsMarked
from contracts.feedback import WordsSplitOff
from contracts.rights import NotAllowed
from feedback.domain.commands import MarkWords
from feedback.domain.refusals import OnlyReviewer, UnknownMessage
from feedback.words import words_of


def test_free_words_after_the_outcome_are_marked_within_two_working_days_or_else_are_a_dispute() -> None:
    story = with_outcome()
    story.does(WORDS)
    assert story.due["marking"] == ny("2026-07-16 10:00")
    story.until(ny("2026-07-16 10:00"))
    assert [one.cause for one in story.of(OutcomeDisputed)] == ["unmarked"]


@pytest.mark.parametrize(
    ("meaning", "stage"), [("accepted", "settled"), ("disputed", "arbitration"), ("neither", "outcome")]
)
def test_the_reviewer_says_what_free_words_mean(meaning: Any, stage: str) -> None:
    story = with_outcome()
    story.does(WORDS)
    marked = MarkWords(by="vp", message_id=UUID(int=5), meaning=meaning)
    assert isinstance(refusal(story, replace(marked, by="support-manager")), OnlyReviewer)
    assert isinstance(refusal(story, replace(marked, message_id=UUID(int=6))), UnknownMessage)
    story.does(marked)
    assert story.state.stage == stage
    assert [one.meaning for one in story.of(WordsMarked)] == [each for each in (meaning,) if each != "disputed"]
    said = " ".join(words_of(one) for one in story.events)
    assert ("neither accept nor dispute" in said) == (meaning == "neither")
    story.until(ny("2026-07-17 10:00"))
    assert story.state.stage == stage


def test_another_matter_is_split_off_once_and_waits_for_no_marking() -> None:
    story = with_outcome()
    story.does(WORDS)
    assert story.due["marking"]
    (split,) = story.does(SPLIT)
    assert isinstance(split, WordsSplitOff)
    assert "marking" not in story.due
    assert story.state.stage == "outcome"
    assert isinstance(refusal(story, SPLIT), UnknownMessage)
    assert isinstance(refusal(story, replace(SPLIT, message_id=UUID(int=6))), UnknownMessage)
    assert isinstance(refusal(story, replace(SPLIT, by="requester")), NotAllowed)


def test_words_that_are_not_marked_stay_a_dispute_though_others_accept() -> None:
    story = with_outcome()
    story.does(replace(WORDS, text="I do not accept this."))
    story.does(replace(WORDS, message_id=UUID(int=6), text="Thank you."))
    story.does(MarkWords(by="vp", message_id=UUID(int=6), meaning="accepted"))
    assert (story.state.stage, story.state.unmarked) == ("settled", {UUID(int=5)})
    story.until(story.due["marking"])
    assert (story.state.stage, story.of(OutcomeDisputed)[-1].cause) == ("arbitration", "unmarked")


def test_words_after_it_was_settled_are_marked_too() -> None:
    story = with_outcome()
    story.does(ACCEPT)
    story.does(replace(WORDS, text="I do not accept it any more."))
    assert story.due["marking"]
    story.does(MarkWords(by="vp", message_id=UUID(int=5), meaning="disputed"))
    assert story.state.stage == "arbitration"
    thanked = with_outcome()
    thanked.does(ACCEPT)
    thanked.does(WORDS)
    thanked.does(MarkWords(by="vp", message_id=UUID(int=5), meaning="accepted"))
    assert ("marking" in thanked.due, thanked.state.stage) == (False, "settled")


def test_who_accepts_has_said_what_the_words_before_mean() -> None:
    story = with_outcome()
    story.does(WORDS)
    story.does(ACCEPT)
    assert (story.state.unmarked, "marking" in story.due) == (frozenset(), False)
