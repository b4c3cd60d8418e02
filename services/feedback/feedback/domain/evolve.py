"""What the facts of a survey add up to. Never fails: a fact has already happened."""

from contracts.feedback import FeedbackEvent, SurveyAnswered, SurveyIssued
from feedback.domain.state import Answered, Issued, Nothing, Survey


def evolve(state: Survey, event: FeedbackEvent) -> Survey:
    """The survey after the event."""
    match event, state:
        case SurveyIssued(), Nothing():
            return Issued(ticket_id=event.ticket_id, survey_id=event.survey_id, subject_id=event.subject_id)
        case SurveyAnswered(), Issued() | Answered():
            return Answered(
                ticket_id=state.ticket_id,
                survey_id=state.survey_id,
                subject_id=state.subject_id,
                rating=event.rating,
                comment=event.comment,
            )
        case _:
            return state
