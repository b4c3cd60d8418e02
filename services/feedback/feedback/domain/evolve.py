"""What the facts of a survey add up to."""

from dataclasses import dataclass
from uuid import UUID

from contracts.feedback import FeedbackEvent, Rating, SurveyAnswered, SurveyIssued


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody has been asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The requester has been asked."""

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The requester has answered; the last answer counts."""

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID
    rating: Rating
    comment: str | None


Survey = Nothing | Issued | Answered
INITIAL: Survey = Nothing()


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
