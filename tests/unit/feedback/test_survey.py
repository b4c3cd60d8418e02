from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.unit.interleavings import rows_in_every_order

from contracts.base import ERASED
from contracts.envelope import Fact, Meta, Recorded
from contracts.feedback import Rating, SurveyAnswered, SurveyDelivered, SurveyEvent, SurveyIssued
from contracts.names import NOTIFICATIONS
from contracts.notifications import NotificationRequested, NotificationSent
from contracts.replacing import replace
from contracts.tickets import Assigned, Closed, Merged
from feedback.domain import INITIAL, decide, evolve
from feedback.domain.commands import AnswerSurvey, IssueSurvey, NoteDelivery, SurveyCommand
from feedback.domain.events import FeedbackEvent
from feedback.domain.policy import UNHEARD
from feedback.domain.refusals import CommentTooLong, RatingOutOfRange, UnknownSurvey
from feedback.domain.state import Answered, Issued
from feedback.domain.survey import COMMENT_CHARACTERS
from feedback.projection import SURVEY_MAILS, project
from feedback.react import react, survey_stream

TICKET = UUID("0193a1c0-0000-7000-8000-000000000001")
SURVEY = UUID("0193a1c0-0000-7000-8000-000000000002")
ACCOUNT = UUID("0193a1c0-0000-7000-8000-000000000003")
ADA = UUID("0193a1c0-0000-7000-8000-000000000004")
NOON = datetime(2026, 7, 13, 12, tzinfo=UTC)

ISSUE = IssueSurvey(
    ticket_id=TICKET,
    survey_id=SURVEY,
    account_id=ACCOUNT,
    subject_id=ADA,
    number="P-1042",
    closing=1,
    closed_at=NOON,
    policies=UNHEARD,
)
ISSUED = SurveyIssued(
    ticket_id=TICKET,
    survey_id=SURVEY,
    account_id=ACCOUNT,
    subject_id=ADA,
    number="P-1042",
    closing=1,
    closed_at=NOON,
    answer_until=NOON + timedelta(days=90),
)


def answered(rating: Rating, comment: str | None = None) -> SurveyAnswered:
    until = NOON + timedelta(days=14)
    return SurveyAnswered(
        ticket_id=TICKET, survey_id=SURVEY, subject_id=ADA, rating=rating, comment=comment, change_until=until
    )


def answer(rating: int, comment: str | None = None) -> AnswerSurvey:
    return AnswerSurvey(survey_id=SURVEY, now=NOON, rating=rating, comment=comment)


def outcome(given: list[SurveyEvent], when: SurveyCommand) -> list[FeedbackEvent]:
    return decide(when, reduce(evolve, given, INITIAL))


def fact(event: Any, occurred_at: datetime | None = None) -> Fact:
    return Recorded(
        topic="punctual.tickets.v1",
        shard=0,
        shard_seq=1,
        stream=f"ticket-{TICKET}",
        version=1,
        event_id=SURVEY,
        command_id=SURVEY,
        recorded_at=NOON,
        event=event,
        meta=Meta(actor="tse", role="engineer", occurred_at=occurred_at),
    )


def test_a_survey_is_asked_in_the_language_and_zone_of_the_account() -> None:
    event = replace(closed(1), language="de", zone="Europe/Berlin")
    ((_, issue),) = react(fact(event))
    assert isinstance(issue, IssueSurvey)
    (issued,) = outcome([], issue)
    assert isinstance(issued, SurveyIssued)
    assert (issued.language, issued.zone) == ("de", "Europe/Berlin")
    state = evolve(INITIAL, issued)
    assert isinstance(state, Issued)
    assert (state.language, state.zone) == ("de", "Europe/Berlin")


def closed(closing: int) -> Closed:
    return Closed(
        ticket_id=TICKET, account_id=ACCOUNT, subject_id=ADA, number="P-1042", cause="resolved", closing=closing
    )


def test_a_closing_is_asked_about_once() -> None:
    assert outcome([], ISSUE) == [ISSUED]
    assert outcome([ISSUED], ISSUE) == []
    assert outcome([ISSUED, answered(5)], ISSUE) == []


@pytest.mark.parametrize("rating", [1, 2, 3, 4, 5])
def test_the_requester_rates_the_support(rating: Rating) -> None:
    assert outcome([ISSUED], answer(rating, "Quick, thank you! 🌻")) == [answered(rating, "Quick, thank you! 🌻")]


@pytest.mark.parametrize("comment", [None, "", "  \n "])
def test_a_comment_is_optional(comment: str | None) -> None:
    assert outcome([ISSUED], answer(4, comment)) == [answered(4)]


def test_a_later_answer_replaces_an_earlier_one() -> None:
    assert outcome([ISSUED, answered(5)], answer(2)) == [answered(2)]
    assert outcome([ISSUED, answered(5)], answer(5, "Even better")) == [answered(5, "Even better")]
    assert outcome([ISSUED, answered(5), answered(2)], answer(5)) == [answered(5)]


def test_the_same_answer_again_changes_nothing() -> None:
    assert outcome([ISSUED, answered(5, "Well done")], answer(5, " Well done ")) == []


@pytest.mark.parametrize("rating", [-1, 0, 6, 1_000_000])
def test_a_rating_out_of_range_is_refused(rating: int) -> None:
    with pytest.raises(RatingOutOfRange) as refused:
        outcome([ISSUED], answer(rating))
    assert refused.value.field == "rating"


def test_a_comment_may_be_long_but_not_endless() -> None:
    assert outcome([ISSUED], answer(3, "x" * COMMENT_CHARACTERS)) == [answered(3, "x" * COMMENT_CHARACTERS)]
    with pytest.raises(CommentTooLong) as refused:
        outcome([ISSUED], answer(3, "x" * (COMMENT_CHARACTERS + 1)))
    assert refused.value.field == "comment"


def test_a_survey_that_was_never_issued_can_not_be_answered() -> None:
    with pytest.raises(UnknownSurvey):
        outcome([], answer(5))


def test_the_link_of_another_survey_can_not_answer_this_one() -> None:
    with pytest.raises(UnknownSurvey):
        outcome([ISSUED], AnswerSurvey(survey_id=TICKET, now=NOON, rating=5))


def test_facts_that_do_not_fit_leave_the_situation_as_it_is() -> None:
    assert evolve(INITIAL, answered(5)) == INITIAL


def test_closing_a_ticket_issues_a_survey_of_its_own_each_time() -> None:
    [(first, once)] = react(fact(closed(1)))
    [(second, twice)] = react(fact(closed(2)))
    assert (first, second) == (f"survey-{TICKET}-1", f"survey-{TICKET}-2")
    assert isinstance(once, IssueSurvey)
    assert isinstance(twice, IssueSurvey)
    assert once.survey_id != twice.survey_id
    assert (once.account_id, once.subject_id, once.number, once.closing) == (ACCOUNT, ADA, "P-1042", 1)


def test_a_withdrawal_is_a_closing_like_any_other() -> None:
    withdrawn = replace(closed(1), cause="withdrawn")
    assert react(fact(withdrawn)) == react(fact(closed(1))) != []


def test_hearing_of_a_closing_twice_asks_for_the_same_survey() -> None:
    assert react(fact(closed(1))) == react(fact(closed(1)))


def test_nobody_is_asked_about_imported_history_or_anything_but_a_closing() -> None:
    assert react(fact(closed(1), occurred_at=NOON)) == []
    assert react(fact(Assigned(ticket_id=TICKET, engineer="ada", before=None))) == []


def test_a_ticket_that_goes_on_in_another_asks_for_no_rating() -> None:
    merged = Merged(ticket_id=TICKET, account_id=TICKET, number="P-1042", into=TICKET, into_number="P-1000")
    assert react(fact(merged)) == []


def test_a_survey_knows_where_its_requester_is_reached_unless_that_was_erased() -> None:
    for email, known in (("ada@acme.example", "ada@acme.example"), (ERASED, None), (None, None)):
        ((_, issue),) = react(fact(replace(closed(1), email=email)))
        assert isinstance(issue, IssueSurvey)
        assert issue.email == known
        (issued,) = outcome([], issue)
        asked = evolve(INITIAL, issued)
        assert isinstance(asked, Issued)
        assert (asked.email, asked.account_id, asked.number) == (known, ACCOUNT, "P-1042")
        answered = evolve(asked, SurveyAnswered(ticket_id=TICKET, survey_id=SURVEY, subject_id=ADA, rating=4))
        assert isinstance(answered, Answered)
        assert answered.asked == asked
        assert (answered.ticket_id, answered.subject_id) == (asked.ticket_id, asked.subject_id)


DELIVERED = SurveyDelivered(ticket_id=TICKET, survey_id=SURVEY)


def test_that_its_mail_was_sent_is_noted_once() -> None:
    assert outcome([], NoteDelivery()) == []
    assert outcome([ISSUED], NoteDelivery()) == [DELIVERED]
    assert outcome([ISSUED, answered(5)], NoteDelivery()) == [DELIVERED]
    assert outcome([ISSUED, DELIVERED], NoteDelivery()) == []
    assert outcome([ISSUED, answered(5), DELIVERED], NoteDelivery()) == []
    assert evolve(INITIAL, DELIVERED) == INITIAL


def test_a_mail_that_was_sent_is_noted_if_it_is_a_survey_s() -> None:
    sent = fact(NotificationSent(ticket_id=TICKET, notification_id=UUID(int=9), message_id="<x@desk>"))
    assert react(sent, 2) == [(survey_stream(TICKET, 2), NoteDelivery())]
    assert react(sent, None) == []


def test_which_closing_a_mail_asks_about_is_remembered() -> None:
    survey = NotificationRequested(
        ticket_id=TICKET,
        notification_id=UUID(int=9),
        template="survey",
        cause=UUID(int=8),
        number="P-1042",
        automatic="generated",
        about={"survey_id": str(SURVEY), "closing": "2"},
    )
    told = structs.replace(fact(survey), topic=NOTIFICATIONS, stream=f"thread-{TICKET}")
    other = structs.replace(told, event=replace(survey, template="answer", about=None))
    (row,) = rows_in_every_order(SURVEY_MAILS, [told, other]).values()
    assert row["closing"] == 2
    older = structs.replace(told, event=replace(survey, about=None))
    (row,) = rows_in_every_order(SURVEY_MAILS, [older]).values()
    assert row["closing"] == 0, "no closing has this number"


def test_a_survey_says_whose_figure_it_is_and_when_the_ticket_was_closed() -> None:
    event = replace(closed(1), severity=1, tier="patrol", engineer="sam")
    ((_, issue),) = react(fact(event))
    (issued,) = outcome([], issue)  # type: ignore[arg-type]
    assert isinstance(issued, SurveyIssued)
    assert (issued.closed_at, issued.severity, issued.tier, issued.engineer) == (NOON, 1, "patrol", "sam")


def test_every_answer_is_kept_for_reports() -> None:
    asked = evolve(INITIAL, ISSUED)
    tables = [put.table for put in project(fact(answered(5)), asked, evolve(asked, answered(5)))]
    assert tables == ["surveys", "survey_answers"]
    (put,) = project(fact(DELIVERED), asked, evolve(asked, DELIVERED))
    assert put.values["delivered_at"] == NOON
    assert [put.table for put in project(fact(ISSUED), INITIAL, asked)] == ["surveys"]
