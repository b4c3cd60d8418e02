"""Which mails a fact makes untrue, whether or not they were sent.

Receipts, answers, messages and retractions stay true, and so do all letters about feedback but a question, or what asks
for a rating. So do the notices that a promise was broken or an objective missed, until they are retracted: they say
what happened.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts.complaints import (
    ComplaintDecided,
    ComplaintWithdrawn,
    InformationAsked,
    OutcomeGiven,
    UpdateGiven,
)
from contracts.escalations import EscalationAcknowledged, EscalationResolved
from contracts.feedback import FeedbackAcknowledged, FeedbackAddedTo, PromiseJudged, SurveyAnswered, SurveyOvertaken
from contracts.notifications import AnyTemplate
from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    SlaBreached,
    SlaMet,
)
from contracts.tickets import Closed, InformationCompleted, InitialResponseGiven, Merged, Reopened
from notifier.domain.commands import Overtake

WARNING: frozenset[AnyTemplate] = frozenset({"sla-warning"})
CALL: frozenset[AnyTemplate] = frozenset({"escalation", "complaint-call"})
VERDICT: frozenset[AnyTemplate] = frozenset({"sla-breached", "objective-missed"})
QUESTION: frozenset[AnyTemplate] = frozenset({"information-wanted", "feedback-question", "question-withheld"})
REMINDER: frozenset[AnyTemplate] = frozenset({"feedback-reminder"})
SURVEY: frozenset[AnyTemplate] = frozenset({"survey"})
SURVEY_REMINDER: frozenset[AnyTemplate] = frozenset({"survey-reminder"})

Overtaking = tuple[frozenset[AnyTemplate], str | None]


def owed(metric: str) -> str:
    """The metric as notices name it: empty for the first answer (P25)."""
    return "" if metric == "response" else metric


def overtaken_by(event: Any, cause: UUID) -> list[Overtake]:
    """What is no longer true after this event."""
    if (of := OVERTAKES.get(type(event))) is None:
        return []
    templates, late = of(event)
    return [Overtake(cause=cause, templates=templates, owed=late)] if templates else []


def _moved(event: ClockCancelled | ClockPaused | ClockRescheduled) -> Overtaking:
    """A warning names a deadline, and that has changed or gone."""
    return WARNING, owed(event.metric)


def _over(event: SlaMet | AnsweredLate) -> Overtaking:
    return WARNING | CALL, owed(event.metric)


def _taken_on(event: EscalationAcknowledged | EscalationResolved) -> Overtaking:
    return CALL, owed(event.escalation)


def _ended(event: Closed | Merged) -> Overtaking:
    return WARNING | CALL | QUESTION, None


def _added_to(event: FeedbackAddedTo) -> Overtaking:
    return QUESTION if event.answers else frozenset(), None


def _judged(event: PromiseJudged) -> Overtaking:
    """A reminder names a deadline, and that has passed, or is owed no more."""
    return REMINDER if event.promise == "acknowledgement" else frozenset(), None


OVERTAKES: dict[type[Any], Callable[[Any], Overtaking]] = {
    InitialResponseGiven: lambda event: (WARNING | CALL, ""),
    InformationCompleted: lambda event: (QUESTION, None),
    Reopened: lambda event: (SURVEY | SURVEY_REMINDER, None),
    SurveyAnswered: lambda event: (SURVEY_REMINDER, str(event.survey_id)),
    SurveyOvertaken: lambda event: (SURVEY | SURVEY_REMINDER, str(event.survey_id)),
    Closed: _ended,
    Merged: _ended,
    SlaMet: _over,
    AnsweredLate: _over,
    SlaBreached: lambda event: (WARNING, owed(event.metric)),
    BreachRetracted: lambda event: (VERDICT | CALL, owed(event.metric)),
    ClockCancelled: _moved,
    ClockPaused: _moved,
    ClockRescheduled: _moved,
    EscalationAcknowledged: _taken_on,
    EscalationResolved: _taken_on,
    FeedbackAcknowledged: lambda event: (REMINDER, None),
    InformationAsked: lambda event: (REMINDER, None),
    UpdateGiven: lambda event: (REMINDER, None),
    OutcomeGiven: lambda event: (REMINDER, None),
    FeedbackAddedTo: _added_to,
    PromiseJudged: _judged,
    ComplaintWithdrawn: lambda event: (REMINDER | QUESTION, None),
    ComplaintDecided: lambda event: (REMINDER | QUESTION, None),
}
