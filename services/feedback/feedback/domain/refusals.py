"""Why a survey refuses a command. A docstring is the message."""

from typing import ClassVar

from contracts.refusals import Refusal


class UnknownSurvey(Refusal):
    """There is no such survey."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "unknown-survey"


class RatingOutOfRange(Refusal):
    """A rating is a whole number from 1 (poor) to 5 (excellent)."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "rating-out-of-range"


class CommentTooLong(Refusal):
    """The comment is too long."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "comment-too-long"
