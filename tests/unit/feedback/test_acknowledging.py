"""Feedback is acknowledged within two working days (P17): the rows of docs/PROCEDURES.md about it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.told import POLICIES, Story, received, refusal
from tests.unit.sla_timer.story import ny

from contracts.complaints import ReviewOpened
from contracts.feedback import (
    AcknowledgementReminded,
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackClassified,
    FeedbackReceived,
)
from contracts.refusals import Refusal
from contracts.replacing import replace
from contracts.roles import CUSTOMERS, Role
from contracts.texts import Blank, TooLong
from feedback.domain.commands import (
    Acknowledge,
    AddWords,
    AskInformation,
    Classify,
    GiveOutcome,
    GiveUpdate,
    NoteUndelivered,
    Step,
)
from feedback.domain.refusals import (
    AddressKnown,
    AlreadyAcknowledged,
    FeedbackUnknown,
    KindNeeded,
    NothingOwed,
    NotSpoken,
    OnlyReviewer,
    ReceiptTooEarly,
    ReceiptTooLate,
)

TUESDAY, WEDNESDAY, THURSDAY = ny("2026-07-14 10:00"), ny("2026-07-15 10:00"), ny("2026-07-16 10:00")
THANKS = Acknowledge(by="engineer", text="Thank you; we have read it, and look into it.")


def told(at: datetime = TUESDAY, **changes: Any) -> Story:
    story = Story(at)
    story.does(received(**changes))
    return story


@pytest.mark.parametrize(
    ("at", "due_at"),
    [
        (TUESDAY, THURSDAY),
        (ny("2026-07-11 12:00"), ny("2026-07-15 09:00")),  # a Saturday: received as on Monday at nine
        (ny("2026-07-10 18:00"), ny("2026-07-15 09:00")),
        (ny("2026-11-25 10:00"), ny("2026-11-30 10:00")),  # Thanksgiving is no working day
    ],
)
def test_it_is_due_two_working_days_after_the_receipt(at: datetime, due_at: datetime) -> None:
    story = told(at, proposed="praise")
    (scheduled,) = story.of(DeadlineScheduled)
    assert (scheduled.deadline, scheduled.due_at) == ("acknowledgement", due_at)


def test_it_is_kept_by_a_person_s_words_before_then() -> None:
    story = told(proposed="praise").until(ny("2026-07-16 09:59"))
    story.does(THANKS)
    assert story.judged == [("acknowledgement", "kept", THURSDAY)]
    assert story.until(ny("2026-08-20 10:00")).judged == [("acknowledgement", "kept", THURSDAY)]


def test_at_its_instant_it_is_broken_once_and_late_words_change_nothing() -> None:
    story = told(proposed="praise").until(THURSDAY)
    story.does(THANKS)
    story.until(ny("2026-08-20 10:00"))
    assert story.judged == [("acknowledgement", "broken", THURSDAY)]


def test_the_support_manager_is_reminded_one_working_day_after_the_receipt_and_two_open_hours_before() -> None:
    story = told(proposed="praise").until(ny("2026-07-20 10:00"))
    reminded = [at for at, event in story.log if isinstance(event, AcknowledgementReminded)]
    assert reminded == [WEDNESDAY, ny("2026-07-15 16:00")]
    assert {one.due_at for one in story.of(AcknowledgementReminded)} == {THURSDAY}


def test_nobody_is_reminded_of_what_was_done() -> None:
    story = told(proposed="praise").until(ny("2026-07-15 12:00"))
    story.does(THANKS)
    assert len(story.until(ny("2026-07-20 10:00")).of(AcknowledgementReminded)) == 1


@pytest.mark.parametrize(
    "step",
    [
        AskInformation(by="engineer", question="Which day was it?"),
        GiveUpdate(
            by="support-manager",
            now=TUESDAY,
            delays="the log files are large",
            needs="nothing",
            next_at=ny("2026-07-20 17:00"),
            policies=POLICIES,
        ),
        GiveOutcome(by="vp", now=TUESDAY, found="It was forgotten.", measures="A checklist.", policies=POLICIES),
    ],
)
def test_a_question_an_update_or_the_outcome_acknowledges_too(step: Step) -> None:
    story = told().until(WEDNESDAY)
    story.does(step)
    assert ("acknowledgement", "kept", THURSDAY) in story.judged


def test_of_a_call_or_a_letter_it_counts_from_the_instant_that_staff_state() -> None:
    story = told(channel="telephone", by="engineer", received_at=ny("2026-07-13 10:00"), proposed="criticism")
    assert story.due["acknowledgement"] == ny("2026-07-15 10:00")


def test_a_deadline_that_is_past_when_staff_enter_it_is_broken_at_once() -> None:
    story = told(channel="letter", by="engineer", received_at=ny("2026-07-06 10:00"), proposed="criticism")
    story.until(TUESDAY)
    assert story.judged == [("acknowledgement", "broken", ny("2026-07-08 10:00"))]


def test_it_can_not_have_come_later_than_now() -> None:
    story = Story(TUESDAY)
    refused = refusal(story, received(channel="letter", by="engineer", received_at=WEDNESDAY))
    assert (type(refused), refused.field) == (ReceiptTooLate, "received_at")


def test_without_an_address_nothing_is_owed() -> None:
    story = told(email=None, proposed="criticism")
    assert story.until(ny("2026-08-20 10:00")).judged == []
    assert isinstance(refusal(story, THANKS), NothingOwed)


def test_who_was_called_back_is_noted() -> None:
    story = told(channel="telephone", by="engineer", proposed="criticism", email=None)
    story.does(Acknowledge(by="engineer", text="Called back; she was glad.", noted=True))
    (acknowledged,) = story.of(FeedbackAcknowledged)
    assert acknowledged.noted


def test_what_came_in_writing_is_not_acknowledged_by_telephone_unless_mails_do_not_reach_them() -> None:
    story, noted = told(channel="email"), replace(THANKS, noted=True)
    refused = refusal(story, noted)
    assert (type(refused), refused.status, refused.field) == (AddressKnown, 409, "noted")
    story.does(NoteUndelivered(notification_id=UUID(int=4), letter="feedback-received", reason="550 5.1.1"))
    story.does(noted)
    assert ("acknowledgement", "kept", THURSDAY) in story.judged


def test_the_kind_is_needed_to_acknowledge() -> None:
    story = told(proposed=None)
    refused = refusal(story, THANKS)
    assert (type(refused), refused.field) == (KindNeeded, "kind")
    story.does(Acknowledge(by="engineer", text="Thank you.", kind="praise"))
    assert [one.kind for one in story.of(FeedbackClassified)] == ["praise"]
    assert ("acknowledgement", "kept", THURSDAY) in story.judged


def test_if_nobody_has_said_what_it_is_by_then_it_is_a_complaint_from_then_on() -> None:
    story = told(proposed=None).until(THURSDAY)
    (classified,) = story.of(FeedbackClassified)
    assert (classified.kind, classified.cause) == ("complaint", "deadline")
    assert story.of(ReviewOpened)
    assert story.due["update"] == ny("2026-07-21 10:00"), "the week counts from the receipt"


def test_staff_set_its_kind_with_a_reason_and_the_receipt_stays() -> None:
    story = told(proposed="praise").until(WEDNESDAY)
    story.does(Classify(by="engineer", kind="complaint", reason="It is ironic."))
    assert story.of(ReviewOpened)[0].since == TUESDAY
    assert (story.due["acknowledgement"], story.due["update"]) == (THURSDAY, ny("2026-07-21 10:00"))
    assert isinstance(refusal(story, Classify(by="engineer", kind="criticism", reason=" ")), Blank)


def test_a_week_that_is_past_when_it_is_found_to_be_a_complaint_is_broken_at_once() -> None:
    story = told(proposed="praise").until(WEDNESDAY)
    story.does(THANKS)
    story.until(ny("2026-07-28 10:00"))
    story.does(Classify(by="engineer", kind="complaint", reason="It is ironic."))
    story.until(ny("2026-07-28 10:00"))
    assert story.judged[-1] == ("update", "broken", ny("2026-07-21 10:00"))
    assert story.events[-1 - [type(e).__name__ for e in story.events[::-1]].index("PromiseJudged")].reclassified


def test_only_the_vp_says_that_a_complaint_is_none_and_verdicts_stay() -> None:
    story = told().until(ny("2026-07-16 12:00"))
    no = Classify(by="support-manager", kind="criticism", reason="A wish.")
    assert isinstance(refusal(story, no), OnlyReviewer)
    story.does(Classify(by="vp", kind="criticism", reason="A wish."))
    story.until(ny("2026-09-01 10:00"))
    assert story.judged == [("acknowledgement", "broken", THURSDAY), ("update", "cancelled", ny("2026-07-21 10:00"))]


def test_words_that_follow_are_part_of_it_and_have_no_deadline_of_their_own() -> None:
    story = told().until(WEDNESDAY)
    due = story.due
    story.does(
        AddWords(by="requester", complainant=True, message_id=UUID(int=5), channel="page", text="And another thing.")
    )
    assert story.due == due


def test_acknowledged_twice_is_said_so() -> None:
    story = told(proposed="praise")
    story.does(THANKS)
    assert isinstance(refusal(story, THANKS), AlreadyAcknowledged)


@pytest.mark.parametrize("by", sorted(CUSTOMERS | {"analyst", "admin", "service"}))
def test_only_staff_acknowledge(by: Role) -> None:
    refused = refusal(told(), Acknowledge(by=by, text="Thanks."))
    assert (refused.status, refused.slug) == (403, "role-not-allowed")


def test_it_has_words_and_not_too_many() -> None:
    assert isinstance(refusal(Story(TUESDAY), received(text=" \n")), Blank)
    assert isinstance(refusal(Story(TUESDAY), received(text="x" * 1_000_000)), TooLong)


def test_what_was_never_said_can_not_be_acknowledged() -> None:
    assert isinstance(refusal(Story(TUESDAY), THANKS), FeedbackUnknown)


def test_what_is_received_twice_is_received_once() -> None:
    story = told()
    assert story.does(received()) == []
    assert len(story.of(FeedbackReceived)) == 1


@pytest.mark.parametrize(
    ("channel", "received_at", "refused"),
    [
        ("letter", datetime.min.replace(tzinfo=UTC), ReceiptTooEarly),
        ("telephone", TUESDAY - timedelta(days=367), ReceiptTooEarly),
        ("email", TUESDAY - timedelta(days=1), NotSpoken),
    ],
)
def test_staff_state_when_calls_and_letters_came_within_a_year(
    channel: Any, received_at: datetime, refused: type[Refusal]
) -> None:
    said = received(by="engineer", channel=channel, received_at=received_at)
    found = refusal(Story(TUESDAY), said)
    assert (type(found), found.field) == (refused, "received_at")
