"""What follows from a command. `[]`: already so."""

from typing import TypeGuard

from contracts.feedback import FeedbackEvent, Rating, SurveyAnswered, SurveyIssued
from feedback.domain.commands import AnswerSurvey, IssueSurvey, SurveyCommand
from feedback.domain.evolve import Answered, Issued, Nothing, Survey
from feedback.domain.refusals import CommentTooLong, RatingOutOfRange, UnknownSurvey

LONGEST_COMMENT = 10_000
"""Characters. Sealed and encoded, an event must stay far below the log's 512 KiB."""


def decide(command: SurveyCommand, state: Survey) -> list[FeedbackEvent]:
    """The events that follow. Raises UnknownSurvey, RatingOutOfRange or CommentTooLong."""
    match command, state:
        case IssueSurvey(), Nothing():
            issued = SurveyIssued(
                ticket_id=command.ticket_id,
                survey_id=command.survey_id,
                account_id=command.account_id,
                subject_id=command.subject_id,
                number=command.number,
                closing=command.closing,
            )
            return [issued]
        case IssueSurvey(), _:
            return []
        case AnswerSurvey(survey_id=survey_id), Issued() | Answered() if survey_id == state.survey_id:
            return _answer(command, state)
        case _:
            raise UnknownSurvey


def _answer(command: AnswerSurvey, state: Issued | Answered) -> list[FeedbackEvent]:
    rating, comment = command.rating, (command.comment or "").strip() or None
    if not _is_rating(rating):
        raise RatingOutOfRange("Choose 1, 2, 3, 4 or 5.", field="rating")
    if comment and len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(f"Shorten it to {LONGEST_COMMENT} characters.", field="comment")
    if isinstance(state, Answered) and (state.rating, state.comment) == (rating, comment):
        return []
    answered = SurveyAnswered(
        ticket_id=state.ticket_id,
        survey_id=state.survey_id,
        subject_id=state.subject_id,
        rating=rating,
        comment=comment,
    )
    return [answered]


def _is_rating(value: int) -> TypeGuard[Rating]:
    return 1 <= value <= 5
