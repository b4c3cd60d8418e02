"""Why a survey or feedback refuses a command. A docstring is the message."""

from typing import ClassVar

from contracts.refusals import Refusal


class UnknownSurvey(Refusal):
    """There is no such survey."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "unknown-survey"


class AnswerTooLate(Refusal):
    """The time for an answer to this survey is over."""

    status: ClassVar[int] = 410
    slug: ClassVar[str] = "answer-too-late"


class AnswerStands(Refusal):
    """The answer to this survey can't be changed any more."""

    slug: ClassVar[str] = "answer-stands"


class RatingOutOfRange(Refusal):
    """A rating is a whole number from 1 (poor) to 5 (excellent)."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "rating-out-of-range"


class CommentTooLong(Refusal):
    """The comment is too long."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "comment-too-long"


class FeedbackUnknown(Refusal):
    """There is no such feedback."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "feedback-unknown"


class NotAComplaint(Refusal):
    """This feedback is no complaint."""

    slug: ClassVar[str] = "not-a-complaint"


class OutOfOrder(Refusal):
    """The complaint is not at this step."""

    slug: ClassVar[str] = "out-of-order"


class KindNeeded(Refusal):
    """Say what it is: praise, criticism or a complaint."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "kind-needed"


class OnlyComplainant(Refusal):
    """Only the person who complained may do this."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "only-complainant"


class OnlyReviewer(Refusal):
    """Only the complaint's reviewer may do this."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "only-reviewer"


class NothingOwed(Refusal):
    """Nobody is owed an acknowledgement."""

    slug: ClassVar[str] = "nothing-owed"


class AddressKnown(Refusal):
    """It is acknowledged by the way that it came, and they left an address."""

    slug: ClassVar[str] = "address-known"


class NothingUntold(Refusal):
    """Those letters reached the customer, as far as we know, or they have been told otherwise."""

    slug: ClassVar[str] = "nothing-untold"


class AlreadyAcknowledged(Refusal):
    """It has been acknowledged."""

    slug: ClassVar[str] = "already-acknowledged"


class QuestionOpen(Refusal):
    """The customer has been asked a question and may still answer."""

    slug: ClassVar[str] = "question-open"


class OtherReviewer(Refusal):
    """The two complaints have different reviewers."""

    slug: ClassVar[str] = "other-reviewer"


class SameComplaint(Refusal):
    """A complaint can't be joined with itself."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "same-complaint"


class WrongTime(Refusal):
    """No update can be promised for that time."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "wrong-time"


class ReceiptTooEarly(Refusal):
    """It can't have been received so long ago."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "received-too-long-ago"


class NotSpoken(Refusal):
    """It was received when it was entered."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "received-when-entered"


class ReceiptTooLate(Refusal):
    """It can't have been received after now."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "received-in-the-future"


class UnknownMessage(Refusal):
    """There is no such message, or it is dealt with."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "unknown-message"
