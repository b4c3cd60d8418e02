"""The commands of a survey."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSurvey:
    """A ticket was closed for the `closing`th time: ask its requester."""

    ticket_id: UUID
    survey_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    closing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSurvey:
    """The holder of the survey's signed link rates the support, 1 (poor) to 5 (excellent)."""

    survey_id: UUID
    rating: int
    comment: str | None = None


SurveyCommand = IssueSurvey | AnswerSurvey
