"""How feedback reacts to sla-timer, what it takes of policies, and what its core does with facts out of place."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.complaints import DISPUTE, WORDS, complained, in_arbitration, update, with_outcome
from tests.unit.feedback.test_acknowledging import THANKS, TUESDAY, told
from tests.unit.feedback.test_survey import fact
from tests.unit.feedback.told import FEEDBACK, POLICIES, STREAM, TERMS, received
from tests.unit.sla_timer.story import OFFICE_TEXT, TICKET, ny, published, utc

from contracts.complaints import ComplaintDecided, OutcomeGiven, UpdateGiven, WordsMarked
from contracts.feedback import FeedbackAcknowledged, PromiseJudged, SurveyIssued
from contracts.rights import READ_WORDS, NotAllowed
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from feedback import domain
from feedback.domain.commands import Classify, HearAlarm, IssueSurvey, NameReviewer
from feedback.domain.deadlines import reminders
from feedback.domain.expected import expected
from feedback.domain.policy import UNHEARD, UNPUBLISHED_TERMS, Policies
from feedback.domain.refusals import OnlyComplainant
from feedback.domain.rights import READ_RATINGS, SAY
from feedback.domain.state import Nothing
from feedback.react import feedback_stream, react

ALARM: dict[str, Any] = {"ticket_id": FEEDBACK, "alarm": "update-1", "owner": STREAM, "set_by": UUID(int=9)}
SURVEY = SurveyIssued(
    ticket_id=TICKET, survey_id=UUID(int=8), account_id=UUID(int=2), subject_id=UUID(int=3), number="P-1", closing=1
)


@pytest.mark.parametrize(
    "event",
    [AlarmSet(due_at=TUESDAY, **ALARM), AlarmRang(due_at=TUESDAY, **ALARM), AlarmCancelled(**ALARM)],
)
def test_what_happens_to_our_alarms_is_heard(event: Any) -> None:
    assert react(fact(event), POLICIES) == [(STREAM, HearAlarm(event=event, policies=POLICIES))]
    assert react(fact(replace(event, owner=f"escalation-{FEEDBACK}-review")), POLICIES) == []
    assert react(fact(replace(event, owner=None)), POLICIES) == []


def test_deadlines_are_those_of_the_policy_in_force_and_stay_with_what_they_were_given_for() -> None:
    assert (UNHEARD.terms, UNHEARD.calendar(TERMS)) == (UNPUBLISHED_TERMS, None)
    first = published(OFFICE_TEXT.replace("\nfeedback:\n  calendar: weekdays", "\nfeedback:\n  calendar: office"))
    later = published(OFFICE_TEXT.replace("working_days: 2, rule: P17", "working_days: 3, rule: P17"))
    policies = Policies().published(first).published(later)
    assert (policies.terms.policy, policies.terms.acknowledge_working_days) == (later.version, 3)
    assert policies.in_shard(first.version).terms.acknowledge_working_days == 2
    assert policies.in_shard(None).terms == policies.in_shard(later.version).terms == policies.terms
    of_first = policies.in_shard(first.version).terms
    office = policies.calendar(of_first)
    assert office is not None
    assert office.name == of_first.calendar


def test_a_policy_without_the_calendar_of_its_feedback_is_refused() -> None:
    event = published(OFFICE_TEXT)
    event.resolved["feedback"]["calendar"] = "none"
    with pytest.raises(ValueError, match="none"):
        Policies().published(event)


def test_without_a_policy_nobody_is_reminded_and_any_day_may_be_promised() -> None:
    story = told(proposed="praise")
    set_ = AlarmSet(ticket_id=FEEDBACK, alarm="acknowledgement-0", due_at=ny("2026-07-16 10:00"), set_by=UUID(int=1))
    state = domain.dated(domain.evolve(Nothing(), story.log[0][1]), TUESDAY)
    alarm = domain.alarms(state)[0]
    events = domain.decide(
        HearAlarm(event=replace(set_, delay=alarm.delay, later=alarm.after), policies=UNHEARD), state
    )
    assert [one.remind_at for one in events] == [()]  # type: ignore[union-attr]
    older = replace(set_, set_by=None, delay=alarm.delay)
    assert domain.decide(HearAlarm(event=older, policies=UNHEARD), state) == []


def test_a_reminder_of_what_is_no_longer_owed_says_nothing() -> None:
    story = told(proposed="praise")
    late = replace(story.state, promises=())
    reminder = next(one.alarm.name for one in late.timers if one.timer == "reminder")
    rang = AlarmRang(ticket_id=FEEDBACK, alarm=reminder, due_at=TUESDAY, set_by=UUID(int=1))
    assert domain.decide(HearAlarm(event=rang, policies=POLICIES), late) == []
    unknown = replace(rang, alarm="marking-99")
    assert domain.decide(HearAlarm(event=unknown, policies=POLICIES), late) == []


def test_what_is_already_so_leads_to_nothing() -> None:
    story = told(proposed=None)
    command = Classify(by="engineer", kind="praise", reason="It is kind.")
    story.does(command)
    assert story.does(command) == []
    assert complained().does(NameReviewer(by="ceo", reviewer="vp", reason="As usual.")) == []


def test_a_stream_of_feedback_takes_no_survey_and_the_other_way_round() -> None:
    story = told()
    issue = IssueSurvey(
        ticket_id=TICKET,
        survey_id=UUID(int=8),
        account_id=UUID(int=2),
        subject_id=UUID(int=3),
        number="P-1",
        closing=1,
        closed_at=TUESDAY,
        policies=POLICIES,
    )
    assert domain.decide(issue, story.state) == []
    assert domain.evolve(story.state, SURVEY) == story.state
    survey = domain.evolve(Nothing(), SURVEY)
    acknowledged = FeedbackAcknowledged(feedback_id=FEEDBACK, subject_id=UUID(int=3), text="Thanks.")
    assert domain.evolve(survey, acknowledged) == survey
    assert domain.dated(story.state, TUESDAY) == story.state
    assert domain.alarms(survey) == ()


def test_facts_that_come_at_another_stage_add_up_to_something() -> None:
    given = OutcomeGiven(feedback_id=FEEDBACK, subject_id=UUID(int=3), found="It was forgotten.")
    decided = ComplaintDecided(feedback_id=FEEDBACK, subject_id=UUID(int=3), decision="We refund the month.")
    marked = WordsMarked(feedback_id=FEEDBACK, message_id=UUID(int=5))
    for story in (told(), with_outcome(), in_arbitration()):
        for event in (given, decided, marked):
            assert domain.evolve(story.state, event)


def test_acknowledged_with_another_kind_it_is_of_that_kind() -> None:
    story = told(proposed="criticism")
    story.does(replace(THANKS, kind="complaint"))
    assert story.state.kind == "complaint"
    assert story.does(received()) == []


def test_a_deadline_that_is_near_has_no_reminder_shortly_before() -> None:
    calendar = POLICIES.calendar(TERMS)
    assert calendar is not None
    assert reminders(calendar, TUESDAY, ny("2026-07-14 11:00")) == ()


def test_further_words_after_the_outcome_wait_together() -> None:
    story = with_outcome()
    for n in (5, 6):
        story.does(replace(WORDS, message_id=UUID(int=n)))
    assert len(story.state.unmarked) == 2
    assert [one.timer for one in story.state.timers] == ["silence", "marking"]


def test_a_verdict_on_an_update_after_the_review_asks_for_no_other() -> None:
    story = with_outcome()
    late = PromiseJudged(
        feedback_id=FEEDBACK,
        number="F-17",
        promise="update",
        alarm="update-9",
        outcome="broken",
        due_at=TUESDAY,
        at=TUESDAY,
    )
    assert domain.evolve(story.state, late) == replace(story.state, echoes=0)


def test_what_was_done_is_expected_no_more_though_its_verdict_is_not_heard_yet() -> None:
    story = told(proposed="praise")
    state: Any = story.state
    for event in domain.decide(THANKS, state):
        state = domain.evolve(state, event)
    assert list(expected(state)) == []


def test_another_customer_can_not_dispute_for_the_complainant() -> None:
    with pytest.raises(OnlyComplainant):
        with_outcome().does(replace(DISPUTE, complainant=False))


def test_analysts_read_no_words_and_say_nothing() -> None:
    for right in (READ_WORDS, SAY):
        right.demand("engineer")
        with pytest.raises(NotAllowed):
            right.demand("analyst")
    READ_RATINGS.demand("analyst")
    assert feedback_stream(FEEDBACK) == STREAM


def test_without_a_known_calendar_a_date_ends_with_its_day_and_any_instant_may_be_promised() -> None:
    for next_at, promised in ((date(2026, 7, 18), utc("2026-07-19 00:00")), (ny("2026-07-18 10:00"),) * 2):
        story = complained()
        story.does(replace(update(next_at), policies=UNHEARD))
        assert story.of(UpdateGiven)[0].next_at == promised
