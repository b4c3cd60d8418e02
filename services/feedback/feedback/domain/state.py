"""The situations a survey can be in, with what is needed to decide."""

from dataclasses import dataclass
from uuid import UUID

from contracts.feedback import Rating


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
