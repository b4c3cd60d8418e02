"""What is said about feedback and complaints, beside the letters to customers: to staff (P16-P22)."""

from collections.abc import Callable, Mapping
from typing import Any
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
)
from contracts.rfc3339 import write_instant
from notifier.domain.commands import AnswerMail, NotifierCommand, Notify
from notifier.domain.next_instant import terms
from notifier.domain.policy import Policy
from notifier.react import letters

Commands = list[NotifierCommand]


def _added_to(event: FeedbackAddedTo, cause: UUID, policy: Policy) -> Commands:
    mail: Commands = [AnswerMail(subject_id=event.subject_id, mail=event.mail)] if event.mail else []
    about: dict[str, str] = {
        name: "true" for name in ("answers", "colleague", "final", "urgent") if getattr(event, name)
    }
    told = Notify(
        cause=cause,
        template="feedback-words",
        to=policy.complaints_to if event.urgent else policy.feedback_to,
        or_reviewer=not event.final,
        text=event.text,
        subject_id=event.subject_id,
        about=about | ({"offers": event.offers} if event.offers else {}),
    )
    return [*mail, letters.kept(event, cause), told] if event.final else [*mail, told]


def _made_urgent(event: MadeUrgent, cause: UUID, policy: Policy) -> Commands:
    """Of the first request the customer is told, and escalation calls; the words of one that joins it go to whoever was
    called."""
    if not event.joins:
        return letters.urgent(event, cause, policy)
    return [
        Notify(
            cause=cause,
            template="feedback-words",
            to=event.to,
            text=event.text,
            subject_id=event.subject_id,
            about={"urgent": "true"},
        )
    ]


def _delayed(event: UpdateGiven, cause: UUID, policy: Policy) -> Commands:
    letter = letters.delayed(event, cause)
    if event.renewals < policy.renewals:
        return [letter]
    about = {"next_at": write_instant(event.next_at), "renewals": str(event.renewals)}
    return [letter, Notify(cause=cause, template="complaint-renewed", to=policy.complaints_to, about=about)]


def _reminded(event: AcknowledgementReminded, cause: UUID, policy: Policy) -> Commands:
    about = {"due_at": write_instant(event.due_at)}
    return [Notify(cause=cause, template="feedback-reminder", to=policy.feedback_to, about=about)]


def _judged(event: PromiseJudged, cause: UUID, policy: Policy) -> Commands:
    if event.outcome != "broken" or (event.promise == "update" and event.missed == 1):
        return []  # of the first update that is missed the Support Manager is called
    about: dict[str, str] = {
        "promise": event.promise,
        "due_at": write_instant(event.due_at),
        "missed": str(event.missed),
    }
    if event.reclassified:
        about["broken_at"] = write_instant(event.at)
    to = policy.complaints_to if event.promise == "urgent" else policy.feedback_to
    return [Notify(cause=cause, template="feedback-promise-broken", to=to, about=about)]


def _opened(event: ReviewOpened, cause: UUID, policy: Policy) -> Commands:
    """The VP is called by escalation (P18)."""
    about = {"reviewer": "vp"} | ({"since": write_instant(event.since)} if event.since else {})
    return [Notify(cause=cause, template="complaint-opened", to=policy.feedback_to, about=about)]


def _named(event: ReviewerNamed, cause: UUID, _: Policy) -> Commands:
    about: dict[str, str] = {"reviewer": event.reviewer, "named": "true"}
    return [Notify(cause=cause, template="complaint-opened", to=event.reviewer, about=about)]


def _called(event: RoleCalled, cause: UUID, _: Policy) -> Commands:
    about = {
        "escalation": event.escalation,
        "reason": event.reason,
        "turn": str(event.turn),
        "since": write_instant(event.since),
    }
    if event.next_in:
        about |= terms(event.next_in)
    return [Notify(cause=cause, template="complaint-call", to=event.role, about=about)]


def _rated(event: SurveyAnswered, cause: UUID, policy: Policy) -> Commands:
    """Each low answer is told, for feedback records only one that says something else than the last."""
    if event.rating > policy.low_rating:
        return []
    return [
        Notify(
            cause=cause,
            template="low-rating",
            to=policy.feedback_to,
            text=event.comment,
            subject_id=event.subject_id if event.comment is not None else None,
            about={"rating": str(event.rating)},
        )
    ]


SAYS: Mapping[type[Any], Callable[[Any, UUID, Policy], Commands]] = {
    FeedbackReceived: letters.received,
    FeedbackAcknowledged: letters.acknowledged,
    FeedbackClassified: letters.classified,
    FeedbackAddedTo: _added_to,
    InformationAsked: letters.asked,
    UpdateGiven: _delayed,
    OutcomeGiven: letters.outcome,
    OutcomeDisputed: letters.disputed,
    MadeUrgent: _made_urgent,
    ComplaintDecided: letters.decided,
    ComplaintWithdrawn: letters.withdrawn,
    AcknowledgementReminded: _reminded,
    PromiseJudged: _judged,
    ReviewOpened: _opened,
    ReviewerNamed: _named,
    RoleCalled: _called,
    SurveyAnswered: _rated,
}
