"""A complaint, from the review to the CEO's decision (P18-P22): the rows of docs/PROCEDURES.md about it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.complaints import (
    ACCEPT,
    DECISION,
    DISPUTE,
    JOIN,
    OUTCOME,
    SPLIT,
    THANKS,
    TUESDAY,
    URGENT,
    WEEK,
    WITHDRAW,
    WORDS,
    complained,
    in_arbitration,
    update,
    updates,
    with_outcome,
)
from tests.unit.feedback.told import Story, received, refusal
from tests.unit.sla_timer.story import ny

from contracts.complaints import ComplaintJoined, MadeUrgent, OutcomeAccepted, OutcomeGiven, ReviewOpened, UpdateGiven
from contracts.feedback import DeadlineScheduled, FeedbackReceived, PromiseJudged
from contracts.rights import NotAllowed
from contracts.roles import ROLES, Role
from contracts.texts import BODY_BYTES, Blank, TooLong
from feedback import domain
from feedback.domain.commands import (
    AcceptOutcome,
    AskInformation,
    Classify,
    DisputeOutcome,
    NameReviewer,
    NoteReview,
    Step,
    WithdrawComplaint,
)
from feedback.domain.expected import expected
from feedback.domain.refusals import (
    NotAComplaint,
    OnlyComplainant,
    OnlyReviewer,
    OtherReviewer,
    OutOfOrder,
    QuestionOpen,
    SameComplaint,
    WrongTime,
)
from feedback.domain.steps import STEPS


@pytest.mark.parametrize(("at", "due_at"), [(TUESDAY, WEEK), (ny("2026-07-11 12:00"), ny("2026-07-20 09:00"))])
def test_the_review_begins_by_itself_with_the_receipt_and_an_update_is_due_within_a_week(
    at: datetime, due_at: datetime
) -> None:
    story = Story(at)
    story.does(received())
    assert story.of(ReviewOpened)
    assert story.due["update"] == due_at


def test_the_outcome_before_then_keeps_it() -> None:
    story = complained().until(ny("2026-07-21 09:59"))
    story.does(OUTCOME)
    assert updates(story) == [("kept", WEEK)]


def test_an_update_before_then_keeps_it_and_the_time_that_it_promises_takes_its_place() -> None:
    story = complained().until(ny("2026-07-16 10:00"))
    story.does(update(ny("2026-07-24 17:00")))
    assert updates(story) == [("kept", WEEK)]
    assert story.due["update"] == ny("2026-07-24 17:00")
    assert story.of(UpdateGiven)[0].renewals == 0, "it is the first promise"


def test_a_promised_time_is_renewed_before_it_passes_and_counted() -> None:
    story = complained()
    for n, day in enumerate((20, 22, 24)):
        story.does(update(ny(f"2026-07-{day} 17:00")))
        assert story.of(UpdateGiven)[-1].renewals == n
        story.until(ny(f"2026-07-{day} 12:00"))
    assert updates(story) == [("kept", WEEK), ("kept", ny("2026-07-20 17:00")), ("kept", ny("2026-07-22 17:00"))]
    story.until(ny("2026-07-24 17:00"))
    assert updates(story)[-1] == ("broken", ny("2026-07-24 17:00"))
    assert story.of(PromiseJudged)[-1].renewals == 2


def test_promised_anew_for_the_same_time_it_is_a_promise_of_its_own() -> None:
    story = complained()
    story.does(update(WEEK))
    story.does(update(WEEK))
    story.until(WEEK)
    assert updates(story) == [("kept", WEEK), ("kept", WEEK), ("broken", WEEK)]


def test_a_missed_one_is_due_again_within_a_working_day_until_somebody_says_something() -> None:
    story = complained().until(ny("2026-07-23 12:00"))
    assert updates(story) == [("broken", ny(f"2026-07-{day} 10:00")) for day in (21, 22, 23)]
    assert [one.missed for one in story.of(PromiseJudged) if one.outcome == "broken"] == [1, 2, 3]
    story.does(update(ny("2026-07-30 17:00")))
    assert updates(story.until(ny("2026-07-30 16:59")))[-1] == ("kept", ny("2026-07-24 10:00"))
    assert [one.missed for one in story.until(ny("2026-07-30 17:00")).of(PromiseJudged)][-1] == 1


def test_waiting_for_the_complainant_stops_nothing() -> None:
    story = complained()
    story.does(AskInformation(by="vp", question="Which ticket was it?"))
    assert updates(story.until(WEEK)) == [("broken", WEEK)]


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (TUESDAY, "past"),
        (ny("2026-07-14 09:00"), "past"),
        (ny("2026-08-12 10:00"), "28 days"),
        (ny("2026-07-18 17:00"), "hours"),
    ],
)
def test_a_time_is_promised_that_lies_ahead_and_not_too_far_and_on_a_day_with_hours(at: datetime, why: str) -> None:
    refused = refusal(complained(), update(at))
    assert (type(refused), refused.field) == (WrongTime, "next_at")
    assert why in refused.detail


def test_a_date_alone_means_the_end_of_its_hours() -> None:
    story = complained()
    story.does(update(date(2026, 7, 20)))
    assert story.due["update"] == ny("2026-07-20 17:00")
    refused = refusal(story, update(date(2026, 7, 18)))
    assert (type(refused), refused.field) == (WrongTime, "next_at")


@pytest.mark.parametrize("by", sorted(set(ROLES) - {"support-manager", "vp", "ceo"}))
def test_an_update_is_given_by_support_manager_vp_or_ceo(by: Role) -> None:
    assert refusal(complained(), update(WEEK, by)).status == 403


def test_the_outcome_says_what_was_found_and_the_resolution_or_measures() -> None:
    refused = refusal(complained(), replace(OUTCOME, measures=" "))
    assert (type(refused), refused.field) == (Blank, "resolution")
    assert refusal(complained(), replace(OUTCOME, found="")).field == "found"


@pytest.mark.parametrize("step", [ACCEPT, DISPUTE, WITHDRAW])
def test_what_a_customer_may_leave_out_is_bounded_too(step: AcceptOutcome | DisputeOutcome | WithdrawComplaint) -> None:
    refused = refusal(with_outcome(), replace(step, text="x" * 1_000_000))
    assert (type(refused), refused.field) == (TooLong, "text")


def test_the_texts_of_an_outcome_are_bounded_together() -> None:
    third = "ö" * (BODY_BYTES // 8)
    refused = refusal(complained(), replace(OUTCOME, found=third, resolution=third + third, measures=third + "!"))
    assert (type(refused), refused.field) == (TooLong, "resolution")
    complained().does(replace(OUTCOME, found=third, resolution=third + third, measures=third))


def test_words_that_say_nothing_are_none() -> None:
    story = with_outcome()
    story.does(replace(ACCEPT, text=" \u200b\n"))
    assert story.of(OutcomeAccepted)[-1].text is None


def test_the_outcome_is_the_reviewer_s() -> None:
    assert isinstance(refusal(complained(), replace(OUTCOME, by="support-manager")), OnlyReviewer)
    story = complained()
    story.does(NameReviewer(by="ceo", reviewer="support-manager", reason="It is about the VP."))
    assert isinstance(refusal(story, OUTCOME), OnlyReviewer)
    story.does(replace(OUTCOME, by="support-manager"))
    assert story.of(OutcomeGiven)


def test_only_the_ceo_names_another_reviewer() -> None:
    named = NameReviewer(by="vp", reviewer="support-manager", reason="It is about me.")
    assert refusal(complained(), named).slug == "role-not-allowed"


def test_it_rests_on_what_is_known_once_a_question_was_unanswered_for_28_days() -> None:
    story = complained()
    story.does(AskInformation(by="vp", question="Which ticket was it?"))
    assert isinstance(refusal(story.until(ny("2026-08-11 09:59")), OUTCOME), QuestionOpen)
    story.until(ny("2026-08-11 10:00")).does(OUTCOME)
    answered = complained()
    answered.does(AskInformation(by="vp", question="Which ticket was it?"))
    answered.does(replace(WORDS, text="P-1042."))
    answered.does(OUTCOME)


def test_silence_for_28_days_settles_it() -> None:
    story = with_outcome()
    assert story.of(DeadlineScheduled)[-1].due_at == ny("2026-08-11 10:00")
    story.until(ny("2026-08-11 10:00"))
    assert [(one.cause) for one in story.of(OutcomeAccepted)] == ["silence"]
    assert story.state.stage == "settled"


def test_silence_that_ends_outside_hours_ends_at_the_next_opening() -> None:
    assert with_outcome(ny("2026-07-11 12:00")).due["silence"] == ny("2026-08-10 09:00")


def test_a_correction_is_a_further_outcome_and_silence_begins_anew() -> None:
    story = with_outcome().until(ny("2026-07-20 10:00"))
    story.does(replace(OUTCOME, found="Two people forgot it."))
    assert [one.corrects for one in story.of(OutcomeGiven)] == [False, True]
    assert story.due["silence"] == ny("2026-08-17 10:00")


def test_accepted_it_is_settled_and_nothing_is_awaited() -> None:
    story = with_outcome()
    story.does(ACCEPT)
    assert story.state.stage == "settled"
    assert story.until(ny("2026-12-01 10:00")).of(OutcomeAccepted) == story.of(OutcomeAccepted)[:1]


@pytest.mark.parametrize("story", [with_outcome(), with_outcome().until(ny("2026-10-01 10:00"))], ids=["soon", "late"])
def test_disputed_at_any_time_it_goes_to_the_ceo_and_a_week_counts_from_the_dispute(story: Story) -> None:
    story.does(DISPUTE)
    assert story.state.stage == "arbitration"
    assert story.due["update"].date().day == (21 if story.now == TUESDAY else 8)


@pytest.mark.parametrize("step", [ACCEPT, DISPUTE])
def test_staff_who_note_an_answer_to_the_outcome_note_its_words(step: Any) -> None:
    story = with_outcome()
    noted = replace(step, by="engineer", complainant=False, text=" ")
    refused = refusal(story, noted)
    assert (type(refused), refused.field) == (Blank, "text")
    story.does(replace(noted, text="She said so on the telephone."))


def test_the_ceo_decides_and_that_is_final() -> None:
    story = in_arbitration()
    assert refusal(story, replace(DECISION, by="vp")).status == 403
    story.does(DECISION)
    assert story.state.stage == "decided"
    assert updates(story) == [("kept", WEEK), ("kept", WEEK)]
    story.does(WORDS)
    before = len(story.events)
    for step in (OUTCOME, ACCEPT, DISPUTE, DECISION, WITHDRAW, URGENT, update(ny("2026-07-20 17:00")), THANKS):
        refused = refusal(story, step)
        assert "decided" in refused.detail, refused.detail
    assert len(story.until(ny("2027-07-20 17:00")).events) == before, "nothing comes after it"


def test_arbitration_has_its_week_and_its_promised_times() -> None:
    story = in_arbitration()
    story.does(update(ny("2026-07-24 17:00"), by="ceo"))
    story.until(ny("2026-07-24 17:00"))
    assert updates(story)[-2:] == [("kept", WEEK), ("broken", ny("2026-07-24 17:00"))]


@pytest.mark.parametrize("story", [complained, with_outcome, in_arbitration])
def test_withdrawn_by_its_complainant_at_any_time_nothing_is_owed_any_more(story: Any) -> None:
    told: Story = story()
    kept = [one for one in told.judged if one[1] == "kept"]
    assert isinstance(refusal(told, replace(WITHDRAW, complainant=False)), OnlyComplainant)
    assert isinstance(refusal(told, replace(WITHDRAW, complainant=False, by="vp")), OnlyComplainant)
    told.does(WITHDRAW)
    told.until(ny("2027-07-20 17:00"))
    assert told.state.stage == "withdrawn"
    assert [one for one in told.judged if one[1] == "kept"] == kept, "verdicts stay"
    assert not [one for one in told.judged if one[1] == "broken"]


@pytest.mark.parametrize("step", [OUTCOME, ACCEPT, DISPUTE, DECISION, WITHDRAW, update(WEEK)])
def test_what_is_no_complaint_has_no_steps(step: Step) -> None:
    story = Story(TUESDAY)
    story.does(received("praise"))
    assert isinstance(refusal(story, step), NotAComplaint)


def test_steps_out_of_order_are_refused_and_it_is_said_who_may_take_them_and_when() -> None:
    for story, step in ((complained(), ACCEPT), (complained(), DECISION), (in_arbitration(), OUTCOME)):
        refused = refusal(story, step)
        assert isinstance(refused, OutOfOrder)
        assert " by " in refused.detail
        assert "while" in refused.detail


def test_every_step_has_one_row() -> None:
    assert set(STEPS) == set(Step.__args__)
    assert len({rule.event for rule in STEPS.values()}) == len(STEPS)


def test_what_follows_from_a_step_by_itself_tells_its_reader_nothing_new_and_what_was_missed_does() -> None:
    story = Story(TUESDAY)
    story.does(received())
    assert [type(one) for one in story.events[-2:]] == [DeadlineScheduled, DeadlineScheduled]
    assert domain.echoes(story.state) == 2
    story.does(THANKS)
    assert type(story.events[-1]) is PromiseJudged
    assert domain.echoes(story.state) == 1
    story.until(WEEK)
    assert story.judged[-1][:2] == ("update", "broken")
    assert domain.echoes(story.state) == 1  # that another is due has followed
    assert domain.echoes(domain.INITIAL) == 0


def test_notes_of_the_review_change_nothing() -> None:
    story = complained()
    before = story.state
    story.does(NoteReview(by="engineer", note_id=UUID(int=9), text="It was my fault."))
    assert story.state == replace(before, echoes=0)


def test_what_was_split_off_counts_from_when_the_message_came() -> None:
    story = Story(ny("2026-07-16 10:00"))
    story.does(received(split_from=UUID(int=77), received_at=TUESDAY))
    (broken,) = [judged for judged in story.of(PromiseJudged) if judged.promise == "acknowledgement"]
    assert (broken.outcome, broken.due_at, broken.reclassified) == ("broken", ny("2026-07-16 10:00"), False)
    assert story.of(FeedbackReceived)[0].split_from == UUID(int=77)


def test_what_follows_the_decision_becomes_a_new_matter_if_staff_name_what_is_new() -> None:
    story = complained()
    for step in (OUTCOME, DISPUTE, DECISION, WORDS):
        story.does(step)
    assert refusal(story, replace(SPLIT, reason=" ")).field == "reason"
    assert story.does(SPLIT)


def test_two_complaints_about_one_matter_have_one_review() -> None:
    story = complained()
    (joined,) = story.does(JOIN)
    assert isinstance(joined, ComplaintJoined)
    assert story.does(JOIN) == []
    assert story.state.joined == {UUID(int=78)}
    assert story.due["update"], "each is owed a word of its own"
    assert isinstance(refusal(story, replace(JOIN, other=UUID(int=77))), SameComplaint)
    assert isinstance(refusal(with_outcome(), JOIN), OutOfOrder)
    assert isinstance(refusal(complained(), replace(JOIN, by="engineer")), NotAllowed)


def test_a_refused_step_says_who_may_take_it_and_when() -> None:
    by_role = refusal(complained(), replace(DECISION, by="vp")).detail
    assert by_role == "Your role is vp. This can be done by ceo, while it is with the CEO."
    by_stage = refusal(complained(), DECISION).detail
    assert by_stage == "It is under review. This can be done by ceo, while it is with the CEO."
    praised = complained(kind="praise")
    assert "tell us so" in refusal(praised, WITHDRAW).detail
    assert "Set its kind" in refusal(praised, OUTCOME).detail


def test_staff_note_a_withdrawal_by_the_customer_s_own_words() -> None:
    noted = replace(WITHDRAW, by="engineer", complainant=False, message_id=UUID(int=5))
    story = complained()
    assert isinstance(refusal(story, noted), OnlyComplainant)
    story.does(replace(WORDS, text="I withdraw it."))
    story.does(noted)
    assert story.state.stage == "withdrawn"


def test_about_the_vp_the_named_reviewer_sets_it_aside_and_the_ceo_is_called_if_it_is_urgent() -> None:
    story = complained()
    story.does(NameReviewer(by="ceo", reviewer="support-manager", reason="It is about the VP."))
    praise = Classify(by="vp", kind="praise", reason="It is irony.")
    assert isinstance(refusal(story, praise), OnlyReviewer)
    story.does(URGENT)
    assert story.of(MadeUrgent)[-1].to == "ceo"
    story.does(replace(praise, by="support-manager"))
    assert story.state.stage == "none"


def test_complaints_with_different_reviewers_are_not_joined() -> None:
    assert isinstance(refusal(complained(), replace(JOIN, other_reviewer="support-manager")), OtherReviewer)


def test_what_was_missed_is_expected_until_a_person_does_it() -> None:
    story = Story(TUESDAY)
    story.does(received(kind="praise"))
    due_at = story.due["acknowledgement"]
    story.until(due_at)
    assert [(one.what, one.due_at) for one in expected(story.state)] == [("acknowledge it", due_at)]
    story.does(THANKS)
    assert [*expected(story.state)] == []


def test_more_words_are_part_of_a_complaint_while_it_is_open_and_then_if_they_complain_again() -> None:
    decided, withdrawn = in_arbitration(), complained()
    decided.does(DECISION)
    withdrawn.does(WITHDRAW)
    for story, whatever, complaining in (
        (complained(), True, True),
        (with_outcome(), True, True),
        (in_arbitration(), True, True),
        (decided, False, True),
        (withdrawn, False, False),
    ):
        found = [story.state.takes_in(complains=complains) for complains in (False, True)]
        assert found == [whatever, complaining], story.state.stage


def test_what_a_machine_sends_after_the_outcome_is_marked_by_a_person_and_is_never_a_dispute_by_itself() -> None:
    story = with_outcome()
    story.does(replace(WORDS, machine=True))
    assert story.state.unmarked == {WORDS.message_id}
    assert "marking" not in story.due
    story.does(replace(WORDS, message_id=UUID(int=6)))
    assert "marking" in story.due, "what a person writes is"
