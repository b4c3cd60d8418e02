"""The bodies of requests about feedback and complaints. The core has the last word on what must be said."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from contracts.addresses import check_address
from contracts.complaints import Reviewer
from contracts.feedback import Channel, CustomerLetter, Kind
from contracts.texts import BODY_BYTES
from kit.http.bodies import Body
from kit.http.instants import Instant, InstantOrDate

Text = Annotated[str, Field(max_length=BODY_BYTES)]
Email = Annotated[str, AfterValidator(check_address), Field(max_length=320, examples=["ann@customer.example"])]
Number = Annotated[str, Field(max_length=40, examples=["P-1042"])]


class FeedbackIn(Body):
    """What somebody says of the support (P17). A customer's account and address are those of the token.

    Staff enter what they were told: by telephone or letter, with the instant at which it came.
    """

    text: Text = Field(examples=["Your answer saved our weekend. Thank you!"])
    kind: Kind | None = Field(None, description="What it is, as far as its sender says so")
    urgent: bool = Field(False, description="An urgent resolution is needed: straight to the VP (P22)")
    about: Number | None = Field(None, description="The number of the ticket that it is about")
    account_id: UUID | None = Field(None, description="Of staff who enter it: the customer's account, if known")
    email: Email | None = Field(None, description="Of staff who enter it: where it is acknowledged")
    channel: Channel = "portal"
    received_at: Instant | None = Field(
        None, description="Of calls and letters: when it came", examples=["2026-07-14T14:00:00Z"]
    )


class KindIn(Body):
    """What it is, and why that is corrected."""

    kind: Kind
    reason: Text = Field(
        description="If a complaint becomes none, the letter to the customer quotes it",
        examples=["She asks for a refund: it is a complaint."],
    )


class AcknowledgementIn(Body):
    """A person's words, by the way that it came (P17)."""

    text: Text = Field(examples=["Thank you for telling us. I have read it, and will come back to you on Thursday."])
    kind: Kind | None = Field(None, description="What it is; needed if nobody has said so")
    noted: bool = Field(False, description="It was said on the telephone, or sent by letter: no mail goes out")


class ToldIn(Body):
    """What staff told the customer whom a letter did not reach."""

    channel: Literal["telephone", "letter"]
    letters: list[CustomerLetter] | None = Field(
        None, min_length=1, description="Which of them; null: all that did not reach the customer"
    )
    text: Text = Field(examples=["I read her the outcome, and that the CEO hears her if she does not accept it."])


class WordsIn(Body):
    """More words of the customer."""

    text: Text
    channel: Channel = "portal"


class SplitIn(Body):
    """A message of the customer that is about another matter."""

    message_id: UUID
    reason: Text = Field(description="What is new about it", examples=["A second outage, of another product."])
    kind: Kind | None = Field(None, description="What the new matter is, as far as the customer says so")


class JoinIn(Body):
    """Another complaint about the same matter."""

    other: Number = Field(description="Its number", examples=["F-1001"])


class QuestionIn(Body):
    """A question to the customer. No deadline waits for the answer."""

    question: Text = Field(examples=["On which day did you call?"])


class NoteIn(Body):
    """An internal note."""

    text: Text


class ReviewerIn(Body):
    """Who reviews a complaint about the VP."""

    reviewer: Reviewer
    reason: Text


class UpdateIn(Body):
    """The delay, and the next promise (P19)."""

    delays: Text = Field(examples=["We wait for the carrier's log files."])
    needs: Text = Field(examples=["Nothing from you."])
    next_at: InstantOrDate = Field(
        description="When the customer hears next; a date alone means the end of its hours",
        examples=["2026-07-21T21:00:00Z", "2026-07-21"],
    )


class OutcomeIn(Body):
    """What the review found (P20): with the resolution, or the measures against a recurrence, or both."""

    found: Text = Field(examples=["Your ticket was assigned to somebody on leave."])
    resolution: Text | None = Field(None, examples=["The month is refunded."])
    measures: Text | None = Field(None, examples=["Tickets of people on leave are assigned anew every morning."])


class AnswerIn(Body):
    """What the customer says to the outcome, or what staff were told."""

    text: Text | None = None


class WithdrawalIn(AnswerIn):
    """The complaint is taken back."""

    message_id: UUID | None = Field(None, description="Of staff: the customer's message that says so")


class MarkIn(Body):
    """What the customer's free words after the outcome mean."""

    message_id: UUID
    meaning: Literal["accepted", "disputed", "neither"]


class DecisionIn(Body):
    """The CEO's decision (P21)."""

    decision: Text


class UrgentIn(Body):
    """Why it is urgent (P22)."""

    text: Text


KindName = Literal["praise", "criticism", "complaint", "unknown"]
"""A kind to look for; `unknown`: nobody has said what it is."""
