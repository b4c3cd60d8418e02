"""feedback's events about complaints, on `punctual.feedback.v1`: from the review to the CEO's decision (P18-P22)."""

from typing import Literal
from uuid import UUID

from contracts.base import Instant, Personal, event
from contracts.names import FEEDBACK

TOPIC = FEEDBACK

Reviewer = Literal["vp", "support-manager"]
"""Who reviews a complaint: the VP (P18), unless the complaint is about the VP."""


@event("complaint.review-opened")
class ReviewOpened:
    """A complaint is reviewed, by the VP (P18), from its receipt on. `since`: the receipt; None: recorded with this."""

    feedback_id: UUID
    number: str
    since: Instant | None = None


@event("complaint.reviewer-named")
class ReviewerNamed:
    """The complaint is about the VP: the CEO has named another reviewer."""

    feedback_id: UUID
    number: str
    subject_id: UUID
    reviewer: Reviewer
    reason: Personal


@event("complaint.joined")
class ComplaintJoined:
    """Another customer complains of the same matter: there is one review, whose updates and outcome are told to both.

    Each complaint has this event, with the `other`. `leads`: the reviewer is called about this one.
    """

    feedback_id: UUID
    number: str
    other: UUID
    other_number: str
    leads: bool


@event("complaint.noted")
class ReviewNoted:
    """Staff wrote an internal note about the review: customers never see it."""

    feedback_id: UUID
    subject_id: UUID
    note_id: UUID
    text: Personal


@event("complaint.information-asked")
class InformationAsked:
    """Staff asked the customer a question. The review goes on, and no deadline waits for the answer (P24)."""

    feedback_id: UUID
    subject_id: UUID
    question: Personal


@event("complaint.update-given")
class UpdateGiven:
    """The customer is told what delays the review, what is needed, and when the next word comes (P19).

    `next_at`: the new deadline. `renewals`: how often the promised time has been renewed, with this.
    """

    feedback_id: UUID
    number: str
    subject_id: UUID
    delays: Personal
    needs: Personal
    next_at: Instant
    renewals: int


@event("complaint.outcome-given")
class OutcomeGiven:
    """The review's outcome (P20): what was found, and the resolution, or the measures against a recurrence, or both.

    `corrects`: it corrects the outcome given before.
    """

    feedback_id: UUID
    subject_id: UUID
    found: Personal
    resolution: Personal | None = None
    measures: Personal | None = None
    corrects: bool = False


@event("complaint.accepted")
class OutcomeAccepted:
    """The customer accepts the outcome: says so, or has been silent until `silence` ended. `text`: in these words."""

    feedback_id: UUID
    subject_id: UUID
    cause: Literal["customer", "noted", "silence"]
    text: Personal | None = None


@event("complaint.disputed")
class OutcomeDisputed:
    """The customer does not accept the outcome: the CEO hears it (P21).

    `cause`: the customer said so; staff noted it; the reviewer marked free words as a dispute; or nobody marked them.
    """

    feedback_id: UUID
    number: str
    subject_id: UUID
    cause: Literal["customer", "noted", "marked", "unmarked"]
    text: Personal | None = None


@event("complaint.words-marked")
class WordsMarked:
    """The reviewer says what the customer's free words after the outcome mean: they accept it, or neither accept nor
    dispute it. Words that dispute it are an OutcomeDisputed."""

    feedback_id: UUID
    message_id: UUID
    meaning: Literal["accepted", "neither"] = "neither"


@event("complaint.decided")
class ComplaintDecided:
    """The CEO's decision (P21). It is final: nothing comes after it."""

    feedback_id: UUID
    subject_id: UUID
    decision: Personal


@event("complaint.withdrawn")
class ComplaintWithdrawn:
    """The customer withdrew the complaint. Open promises are cancelled; verdicts stay."""

    feedback_id: UUID
    subject_id: UUID
    text: Personal | None = None


@event("complaint.made-urgent")
class MadeUrgent:
    """The customer needs an urgent resolution and goes straight to the VP, or during arbitration to the CEO (P22).

    `joins`: an earlier request, which nobody has answered yet; its deadline stays.
    """

    feedback_id: UUID
    number: str
    subject_id: UUID
    to: Literal["vp", "ceo"]
    text: Personal
    joins: bool = False


ComplaintEvent = (
    ReviewOpened
    | ReviewerNamed
    | ComplaintJoined
    | ReviewNoted
    | InformationAsked
    | UpdateGiven
    | OutcomeGiven
    | OutcomeAccepted
    | OutcomeDisputed
    | WordsMarked
    | ComplaintDecided
    | ComplaintWithdrawn
    | MadeUrgent
)
