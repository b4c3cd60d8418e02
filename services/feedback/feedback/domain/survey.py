"""What follows from a command about a survey."""

from typing import TypeGuard

from contracts.feedback import Rating, SurveyAnswered, SurveyDelivered, SurveyEvent, SurveyIssued
from feedback.domain.commands import AnswerSurvey, IssueSurvey
from feedback.domain.refusals import CommentTooLong, RatingOutOfRange, UnknownSurvey
from feedback.domain.state import Answered, Nothing, Survey

COMMENT_CHARACTERS = 10_000
"""The longest comment. Sealed and encoded, an event must stay far below the log's 512 KiB."""


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
        )
    ]


def answer(command: AnswerSurvey, state: Survey) -> list[SurveyEvent]:
    """Record the rating, unless it is the last one again. Raises UnknownSurvey, RatingOutOfRange or CommentTooLong."""
    if isinstance(state, Nothing) or command.survey_id != state.survey_id:
        raise UnknownSurvey
    rating, comment = command.rating, (command.comment or "").strip() or None
    if not _is_rating(rating):
        raise RatingOutOfRange("Choose 1, 2, 3, 4 or 5.", field="rating")
    if comment and len(comment) > COMMENT_CHARACTERS:
        raise CommentTooLong(f"Shorten it to {COMMENT_CHARACTERS} characters.", field="comment")
    if isinstance(state, Answered) and (state.rating, state.comment) == (rating, comment):
        return []
    return [
        SurveyAnswered(
            ticket_id=state.ticket_id,
            survey_id=state.survey_id,
            subject_id=state.subject_id,
            rating=rating,
            comment=comment,
        )
    ]


def delivered(state: Survey) -> list[SurveyEvent]:
    """The mail was sent."""
    asked = state.asked if isinstance(state, Answered) else state
    if isinstance(asked, Nothing) or asked.delivered:
        return []
    return [SurveyDelivered(ticket_id=asked.ticket_id, survey_id=asked.survey_id)]


def _is_rating(value: int) -> TypeGuard[Rating]:
    return 1 <= value <= 5
