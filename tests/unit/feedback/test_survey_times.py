"""When a survey takes an answer, when its requester is reminded, and what of it is settled by events (P16)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.feedback.test_survey import ISSUE, TICKET, answer, answered, fact
from tests.unit.feedback.told import POLICIES
from tests.unit.sla_timer.story import ny

from contracts.alarms import Alarm, between
from contracts.feedback import SurveyAnswered, SurveyIssued, SurveyOvertaken, SurveyReminderDue
from contracts.instants import LAST_INSTANT
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.tickets import Closed, Reopened
from feedback import domain
from feedback.domain.commands import IssueSurvey, OvertakeSurvey, RemindOfSurvey
from feedback.domain.policy import UNHEARD
from feedback.domain.refusals import AnswerStands, AnswerTooLate
from feedback.domain.state import Answered, Issued
from feedback.domain.survey import open_until
from feedback.react import react

TUESDAY = ny("2026-07-14 10:00")
REMIND = RemindOfSurvey(ticket_id=TICKET, closing=1)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def asked(closed_at: datetime = TUESDAY, **changes: Any) -> Any:
    """A survey about a ticket that was closed then."""
    given: dict[str, Any] = {"closed_at": closed_at, "policies": POLICIES} | changes
    command = replace(ISSUE, **given)
    state = after(domain.INITIAL, command, at=closed_at)
    assert isinstance(state, Issued)
    return state


def after(state: Any, command: Any, at: datetime = TUESDAY) -> Any:
    """The state after a command that is recorded at that instant."""
    for event in domain.decide(command, state):
        state = domain.dated(domain.evolve(state, event), at)
    return state


def rated(state: Any, at: datetime, rating: int = 4) -> Any:
    return after(state, replace(answer(rating), now=at), at)


def test_a_first_answer_counts_for_90_days_from_the_closing() -> None:
    survey = asked()
    assert open_until(survey) == TUESDAY + 90 * DAY
    assert isinstance(rated(survey, TUESDAY + 90 * DAY - MOMENT), Answered)
    with pytest.raises(AnswerTooLate) as late:
        rated(survey, TUESDAY + 90 * DAY)
    assert "12 October 2026, 14:00:00 UTC" in late.value.detail
    assert late.value.status == 410


def test_an_answer_is_changed_within_14_days_of_the_first_however_often() -> None:
    survey = asked()
    first = TUESDAY + 90 * DAY - MOMENT
    survey = rated(survey, first)
    survey = rated(survey, first + 13 * DAY, rating=1)
    assert open_until(survey) == first + 14 * DAY
    survey = rated(survey, first + 14 * DAY - MOMENT, rating=2)
    assert survey.rating == 2
    for rating in (3, 2):
        with pytest.raises(AnswerStands) as stands:
            rated(survey, first + 14 * DAY, rating=rating)
        assert "for 14 days after the first answer, until 26 October 2026" in stands.value.detail
        assert stands.value.status == 409


def test_all_answers_are_kept() -> None:
    survey = asked()
    kept: list[Any] = []
    for rating in (4, 2, 4):
        kept += domain.decide(answer(rating), survey)
        survey = domain.dated(domain.evolve(survey, kept[-1]), TUESDAY)
    assert [event.rating for event in kept] == [4, 2, 4]


def test_what_events_of_an_earlier_release_leave_open_follows_from_when_they_were_recorded() -> None:
    issued = SurveyIssued(
        ticket_id=TICKET, survey_id=ISSUE.survey_id, account_id=TICKET, subject_id=TICKET, number="P-1", closing=1
    )
    survey: Any = domain.dated(domain.evolve(domain.INITIAL, issued), TUESDAY)
    assert open_until(survey) == TUESDAY + 90 * DAY
    assert domain.alarms(survey) == ()
    assert domain.decide(REMIND, survey) == []
    for day, rating in ((1, 5), (2, 4)):
        event = replace(answered(rating), change_until=None)  # type: ignore[arg-type]
        survey = domain.dated(domain.evolve(survey, event), TUESDAY + day * DAY)
    assert open_until(survey) == TUESDAY + 15 * DAY
    (changed,) = domain.decide(replace(answer(1), now=TUESDAY + 3 * DAY), survey)
    assert isinstance(changed, SurveyAnswered)
    assert changed.change_until == TUESDAY + 15 * DAY


def test_near_the_end_of_time_a_survey_stays_open_to_its_last_instant() -> None:
    survey = asked(LAST_INSTANT - DAY)
    assert open_until(survey) == LAST_INSTANT
    assert domain.alarms(survey) == ()


@pytest.mark.parametrize(
    ("closed_at", "reminded_at"),
    [
        ("2026-07-14 10:00", "2026-07-21 17:00"),
        ("2026-07-14 16:59", "2026-07-21 17:00"),
        ("2026-07-14 20:00", "2026-07-22 17:00"),
        ("2026-07-18 12:00", "2026-07-27 17:00"),
    ],
)
def test_the_reminder_comes_after_5_working_days_as_that_day_ends(closed_at: str, reminded_at: str) -> None:
    survey = asked(ny(closed_at))
    assert domain.alarms(survey) == (Alarm(name="survey-reminder", at=ny(reminded_at)),)


def test_without_a_policy_nobody_is_reminded() -> None:
    assert domain.alarms(asked(policies=UNHEARD)) == ()


def test_of_a_survey_that_waits_in_the_portal_nobody_is_reminded() -> None:
    assert domain.alarms(asked(machine=True)) == ()


def test_when_it_is_due_the_reminder_is_on_record_once() -> None:
    survey = asked()
    (due,) = domain.decide(REMIND, survey)
    assert due == SurveyReminderDue(
        ticket_id=TICKET,
        survey_id=ISSUE.survey_id,
        subject_id=ISSUE.subject_id,
        number="P-1042",
        closing=1,
        answer_until=TUESDAY + 90 * DAY,
    )
    reminded = domain.evolve(survey, due)
    assert domain.decide(REMIND, reminded) == []
    assert domain.alarms(reminded) == ()
    assert isinstance(rated(reminded, TUESDAY + 8 * DAY), Answered)


def test_who_has_answered_is_not_reminded() -> None:
    survey = asked()
    answered = rated(survey, TUESDAY + DAY)
    assert domain.alarms(answered) == ()
    change = between(domain.alarms(survey), domain.alarms(answered))
    assert change is not None
    assert change.cancelled == ("survey-reminder",)
    assert domain.decide(REMIND, answered) == []
    assert domain.decide(OvertakeSurvey(), answered) == []


def test_after_reopening_nothing_is_mailed_and_the_survey_still_takes_an_answer() -> None:
    survey = asked()
    (overtaken,) = domain.decide(OvertakeSurvey(), survey)
    assert overtaken == SurveyOvertaken(ticket_id=TICKET, survey_id=ISSUE.survey_id, cause="reopened")
    survey = domain.evolve(survey, overtaken)
    assert domain.decide(OvertakeSurvey(), survey) == domain.decide(REMIND, survey) == []
    assert domain.alarms(survey) == ()
    assert isinstance(rated(survey, TUESDAY + 80 * DAY), Answered)


def test_while_a_complaint_is_open_nobody_is_reminded() -> None:
    survey = asked()
    (overtaken,) = domain.decide(replace(REMIND, complaint_open=True), survey)
    assert overtaken == SurveyOvertaken(ticket_id=TICKET, survey_id=ISSUE.survey_id, cause="complaint")
    assert domain.decide(REMIND, domain.evolve(survey, overtaken)) == []


def test_what_comes_to_an_answered_survey_or_to_none_changes_nothing() -> None:
    answered = rated(asked(), TUESDAY)
    due = SurveyReminderDue(
        ticket_id=TICKET,
        survey_id=ISSUE.survey_id,
        subject_id=TICKET,
        number="P-1",
        closing=1,
        answer_until=TUESDAY,
    )
    overtaken = SurveyOvertaken(ticket_id=TICKET, survey_id=ISSUE.survey_id, cause="reopened")
    for state in (answered, domain.INITIAL):
        assert domain.evolve(state, due) == domain.evolve(state, overtaken) == state
        assert domain.decide(REMIND, state) == domain.decide(OvertakeSurvey(), state) == []


def closed(**changes: Any) -> Closed:
    made = Closed(ticket_id=TICKET, account_id=TICKET, subject_id=TICKET, number="P-1042", cause="resolved", closing=1)
    return replace(made, **changes)


def test_the_requester_is_asked_by_mail_or_in_the_portal_and_staff_never() -> None:
    for asks, machine in (("mail", False), ("portal", True)):
        ((_, issue),) = react(fact(closed(asks=asks)), POLICIES)
        assert isinstance(issue, IssueSurvey)
        assert issue.machine == machine
    assert react(fact(closed(asks="nobody")), POLICIES) == []


def test_a_reopened_ticket_asks_no_more_about_its_last_closing() -> None:
    reopened = Reopened(ticket_id=TICKET, subject_id=TICKET, reason="It is back.", closing=2)
    assert react(fact(reopened)) == [(f"survey-{TICKET}-2", OvertakeSurvey())]
    for closing in (None, 0):
        assert react(fact(replace(reopened, closing=closing))) == []


def test_of_an_alarm_only_its_ring_counts() -> None:
    owner = f"survey-{TICKET}-12"
    alarm: dict[str, Any] = {"ticket_id": TICKET, "alarm": "survey-reminder", "owner": owner, "set_by": UUID(int=9)}
    assert react(fact(AlarmRang(due_at=TUESDAY, **alarm))) == [(owner, replace(REMIND, closing=12))]
    assert react(fact(AlarmSet(due_at=TUESDAY, **alarm))) == react(fact(AlarmCancelled(**alarm))) == []
