"""feedback's events, on `punctual.feedback.v1`: surveys and their answers (P16)."""

from typing import Literal
from uuid import UUID

from contracts.base import Personal, event
from contracts.names import FEEDBACK

TOPIC = FEEDBACK

Rating = Literal[1, 2, 3, 4, 5]


@event("survey.issued")
class SurveyIssued:
    """A ticket was closed, and its requester is asked to rate the support (P16)."""

    ticket_id: UUID
    survey_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    closing: int


@event("survey.answered")
class SurveyAnswered:
    """The requester rated the support, 1 (poor) to 5 (excellent). A later answer replaces an earlier one."""

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID
    rating: Rating
    comment: Personal | None = None


FeedbackEvent = SurveyIssued | SurveyAnswered
