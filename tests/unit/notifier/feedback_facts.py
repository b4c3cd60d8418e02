"""Facts about one complaint, F-1000, as its stream has them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from contracts.complaints import (
    ComplaintDecided,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewOpened,
    UpdateGiven,
)
from contracts.escalations import RoleCalled
from contracts.feedback import (
    AcknowledgementReminded,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    FeedbackReceived,
    PromiseJudged,
    SurveyAnswered,
    Terms,
)
from contracts.later import Delay

FEEDBACK, EVE, MESSAGE = UUID(int=100), UUID(int=101), UUID(int=102)
NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)
TERMS = Terms(
    policy="v1",
    calendar="weekdays",
    acknowledge_working_days=2,
    review_days=7,
    urgent=timedelta(hours=4),
    silence_days=28,
    ahead_days=28,
    marking_working_days=2,
)
RECEIVED = FeedbackReceived(
    feedback_id=FEEDBACK,
    number="F-1000",
    channel="email",
    account_id=None,
    subject_id=EVE,
    text="Nobody called me back.",
    terms=TERMS,
    email="eve@customer.example",
    proposed="complaint",
    zone="Europe/Berlin",
    mail="<hers@customer.example>",
)
ACKNOWLEDGED = FeedbackAcknowledged(feedback_id=FEEDBACK, subject_id=EVE, text="We are sorry.")
PRAISE = FeedbackClassified(
    feedback_id=FEEDBACK, subject_id=EVE, kind="praise", cause="staff", reason="You thank us in it."
)
WORDS = FeedbackAddedTo(
    feedback_id=FEEDBACK, subject_id=EVE, message_id=MESSAGE, channel="email", text="It was on Monday."
)
ANSWER = replace(WORDS, answers=True)
DISPUTING = replace(WORDS, offers="dispute")
AFTER_THE_END = replace(WORDS, final=True)
ASKED = InformationAsked(feedback_id=FEEDBACK, subject_id=EVE, question="On which day?")
UPDATE = UpdateGiven(
    feedback_id=FEEDBACK,
    number="F-1000",
    subject_id=EVE,
    delays="We wait for the telephone company.",
    needs="Its list of calls.",
    next_at=NOON,
    renewals=0,
)
OUTCOME = OutcomeGiven(
    feedback_id=FEEDBACK, subject_id=EVE, found="The call was lost.", resolution="We call you.", measures="A new line."
)
DISPUTED = OutcomeDisputed(feedback_id=FEEDBACK, number="F-1000", subject_id=EVE, cause="customer")
DECIDED = ComplaintDecided(feedback_id=FEEDBACK, subject_id=EVE, decision="You get a month for free.")
WITHDRAWN = ComplaintWithdrawn(feedback_id=FEEDBACK, subject_id=EVE)
URGENT = MadeUrgent(feedback_id=FEEDBACK, number="F-1000", subject_id=EVE, to="vp", text="It can't wait.")
OPENED = ReviewOpened(feedback_id=FEEDBACK, number="F-1000", since=NOON)
NAMED = ReviewerNamed(
    feedback_id=FEEDBACK, number="F-1000", subject_id=EVE, reviewer="support-manager", reason="It is about the VP."
)
REMINDED = AcknowledgementReminded(feedback_id=FEEDBACK, number="F-1000", alarm="reminder-1", due_at=NOON)
NEXT_DAY = Delay(calendar="weekdays", policy="v1", working_days=1)
CALLED = RoleCalled(
    ticket_id=FEEDBACK,
    escalation="review",
    reason="review",
    role="vp",
    turn=0,
    number="F-1000",
    since=NOON,
    next_in=NEXT_DAY,
)


def judged(promise: Literal["acknowledgement", "update", "urgent"], **more: Any) -> PromiseJudged:
    given: dict[str, Any] = {"outcome": "broken", "due_at": NOON, "at": NOON}
    return PromiseJudged(feedback_id=FEEDBACK, number="F-1000", promise=promise, alarm="a", **(given | more))


def rated(rating: Literal[1, 2, 3, 4, 5], comment: str | None = None) -> SurveyAnswered:
    return SurveyAnswered(ticket_id=FEEDBACK, survey_id=MESSAGE, subject_id=EVE, rating=rating, comment=comment)
