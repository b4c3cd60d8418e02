"""What follows from a command about a survey (P16)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, TypeGuard

from contracts.alarms import Alarm
from contracts.feedback import (
    Rating,
    SurveyAnswered,
    SurveyDelivered,
    SurveyEvent,
    SurveyIssued,
    SurveyOvertaken,
    SurveyReminderDue,
)
from contracts.instants import LAST_INSTANT
from contracts.replacing import replace
from feedback.domain.commands import AnswerSurvey, IssueSurvey, RemindOfSurvey
from feedback.domain.refusals import AnswerStands, AnswerTooLate, CommentTooLong, RatingOutOfRange, UnknownSurvey
from feedback.domain.state import Answered, Issued, Nothing, Survey

COMMENT_CHARACTERS = 10_000
"""The longest comment. Sealed and encoded, an event must stay far below the log's 512 KiB."""
ANSWER_DAYS = 90
"""Days from the closing, in which a first answer counts."""
CHANGE_DAYS = 14
"""Days from the first answer, in which it may be changed."""
REMINDER = "survey-reminder"
"""The name of the reminder's alarm."""


def issue(command: IssueSurvey, state: Survey) -> list[SurveyEvent]:
    """Ask the requester, once."""
    if not isinstance(state, Nothing):
        return []
    return [
        SurveyIssued(
            ticket_id=command.ticket_id,
            survey_id=command.survey_id,
            account_id=command.account_id,
            subject_id=command.subject_id,
            number=command.number,
            closing=command.closing,
            email=command.email,
            closed_at=command.closed_at,
            severity=command.severity,
            tier=command.tier,
            engineer=command.engineer,
            language=command.language,
            zone=command.zone,
            answer_until=_days_after(command.closed_at, ANSWER_DAYS),
            remind_at=None if command.machine else command.policies.survey_reminder(command.closed_at),
            machine=command.machine,
        )
    ]


def answer(command: AnswerSurvey, state: Survey) -> list[SurveyEvent]:
    """Record the rating, unless it is the last one again.

    Raises UnknownSurvey, AnswerTooLate, AnswerStands, RatingOutOfRange or CommentTooLong.
    """
    if isinstance(state, Nothing) or command.survey_id != state.survey_id:
        raise UnknownSurvey
    check_time(state, command.now)
    rating, comment = command.rating, (command.comment or "").strip() or None
    if not _is_rating(rating):
        raise RatingOutOfRange("Choose 1, 2, 3, 4 or 5.", field="rating")
    if comment and len(comment) > COMMENT_CHARACTERS:
        raise CommentTooLong(f"Shorten it to {COMMENT_CHARACTERS} characters.", field="comment")
    if isinstance(state, Answered) and (state.rating, state.comment) == (rating, comment):
        return []
    until = state.change_until if isinstance(state, Answered) else _days_after(command.now, CHANGE_DAYS)
    return [
        SurveyAnswered(
            ticket_id=state.ticket_id,
            survey_id=state.survey_id,
            subject_id=state.subject_id,
            rating=rating,
            comment=comment,
            change_until=until,
        )
    ]


def open_until(state: Issued | Answered) -> datetime:
    """Until when the survey takes an answer: a first one, or a change."""
    return (state.change_until if isinstance(state, Answered) else state.answer_until) or LAST_INSTANT


def check_time(state: Issued | Answered, now: datetime) -> None:
    """Raises AnswerTooLate or AnswerStands once the survey takes no answer any more."""
    until = open_until(state)
    if now < until:
        return
    written = f"{until.day} {until:%B %Y, %H:%M:%S} UTC"
    if isinstance(state, Answered):
        why = f"It could be changed for {CHANGE_DAYS} days after the first answer, until {written}."
        raise AnswerStands(f"{why} If there is more to say, answer the mail or open a ticket.")
    raise AnswerTooLate(f"It could be answered for {ANSWER_DAYS} days after the closing, until {written}.")


def overtake(state: Issued, cause: Literal["reopened", "complaint"]) -> list[SurveyEvent]:
    """Nothing is to be mailed any more, but the link stays good."""
    if state.overtaken:
        return []
    return [SurveyOvertaken(ticket_id=state.ticket_id, survey_id=state.survey_id, cause=cause)]


def remind(command: RemindOfSurvey, state: Issued) -> list[SurveyEvent]:
    """The reminder is due, once, unless a complaint is open."""
    if state.remind_at is None:
        return []
    if command.complaint_open:
        return overtake(state, "complaint")
    return [
        SurveyReminderDue(
            ticket_id=state.ticket_id,
            survey_id=state.survey_id,
            subject_id=state.subject_id,
            number=state.number,
            closing=state.closing,
            answer_until=open_until(state),
        )
    ]


def dated(state: Survey, at: datetime) -> Survey:
    """The survey, whose latest event was recorded at that instant. Older events don't say until when they hold."""
    if isinstance(state, Issued) and state.answer_until is None:
        return replace(state, answer_until=_days_after(at, ANSWER_DAYS))
    if isinstance(state, Answered) and state.change_until is None:
        return replace(state, change_until=_days_after(at, CHANGE_DAYS))
    return state


def alarms(state: Survey) -> Iterator[Alarm]:
    """The alarm of the reminder, until it has rung or is no longer wanted."""
    if isinstance(state, Issued) and state.remind_at:
        yield Alarm(name=REMINDER, at=min(state.remind_at, LAST_INSTANT))


def _days_after(at: datetime, days: int) -> datetime:
    span = timedelta(days=days)
    return at + span if at < LAST_INSTANT - span else LAST_INSTANT


def delivered(state: Survey) -> list[SurveyEvent]:
    """The mail was sent."""
    asked = state.asked if isinstance(state, Answered) else state
    if isinstance(asked, Nothing) or asked.delivered:
        return []
    return [SurveyDelivered(ticket_id=asked.ticket_id, survey_id=asked.survey_id)]


def _is_rating(value: int) -> TypeGuard[Rating]:
    return 1 <= value <= 5
