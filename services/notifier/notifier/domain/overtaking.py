"""Which mails a fact makes untrue, whether or not they were sent.

Receipts, answers, messages and retractions stay true. So do the notices that a promise was broken or an objective
missed, until they are retracted: they say what happened.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts.escalations import EscalationAcknowledged, EscalationResolved
from contracts.notifications import Template
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

WARNING: frozenset[Template] = frozenset({"sla-warning"})
CALL: frozenset[Template] = frozenset({"escalation"})
VERDICT: frozenset[Template] = frozenset({"sla-breached", "objective-missed"})
QUESTION: frozenset[Template] = frozenset({"information-wanted"})
SURVEY: frozenset[Template] = frozenset({"survey"})

Overtaking = tuple[frozenset[Template], str | None]


def owed(metric: str) -> str:
    """The metric as notices name it: empty for the first answer (P25)."""
    return "" if metric == "response" else metric


def overtaken_by(event: Any, cause: UUID) -> list[Overtake]:
    """What is no longer true after this event."""
    if (of := OVERTAKES.get(type(event))) is None:
        return []
    templates, late = of(event)
    return [Overtake(cause=cause, templates=templates, owed=late)]


def _moved(event: ClockCancelled | ClockPaused | ClockRescheduled) -> Overtaking:
    """A warning names a deadline, and that has changed or gone."""
    return WARNING, owed(event.metric)


def _over(event: SlaMet | AnsweredLate) -> Overtaking:
    return WARNING | CALL, owed(event.metric)


def _taken_on(event: EscalationAcknowledged | EscalationResolved) -> Overtaking:
    return CALL, owed(event.escalation)


def _ended(event: Closed | Merged) -> Overtaking:
    return WARNING | CALL | QUESTION, None


OVERTAKES: dict[type[Any], Callable[[Any], Overtaking]] = {
    InitialResponseGiven: lambda event: (WARNING | CALL, ""),
    InformationCompleted: lambda event: (QUESTION, None),
    Reopened: lambda event: (SURVEY, None),
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
}
