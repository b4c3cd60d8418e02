"""How escalation reacts to what becomes of complaints: who is called, and what ends that.

All of it comes by one topic, in the order in which it was recorded. Only a verdict may come after what made up for it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.complaints import (
    ComplaintDecided,
    ComplaintJoined,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeAccepted,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewOpened,
    UpdateGiven,
)
from contracts.escalations import CalledRole
from contracts.feedback import FeedbackAcknowledged, FeedbackClassified, PromiseJudged
from escalation.domain.commands import CallRole, ComplaintCall, EndCalls, EscalationCommand
from escalation.domain.ladder import Ladders

Asked = list[tuple[str, EscalationCommand]]
Repeated = Literal["review", "urgent", "arbitration"]
"""Calls that are repeated each working day; their name is their reason."""

ALL: tuple[ComplaintCall, ...] = ("review", "urgent", "update", "arbitration")

ENDS: Mapping[type[Any], tuple[Literal["answered", "closed"], tuple[ComplaintCall, ...]]] = {
    FeedbackAcknowledged: ("answered", ("urgent",)),
    InformationAsked: ("answered", ("urgent",)),
    UpdateGiven: ("answered", ("urgent", "update")),
    OutcomeGiven: ("answered", ("review", "urgent", "update")),
    OutcomeAccepted: ("closed", ("urgent",)),
    OutcomeDisputed: ("closed", ("update",)),
    ComplaintDecided: ("answered", ALL),
    ComplaintWithdrawn: ("closed", ALL),
    FeedbackClassified: ("closed", ALL),
    ComplaintJoined: ("closed", ("review",)),
}
"""Which calls each fact ends, and why. It is a classification as anything but a complaint that does, and the complaint
that joins another's review."""


def _opened(event: ReviewOpened, at: datetime, ladders: Ladders) -> Asked:
    return _calling(event, at, ladders, "review", None)


def _named(event: ReviewerNamed, at: datetime, ladders: Ladders) -> Asked:
    return _calling(event, at, ladders, "review", event.reviewer)


def _urgent(event: MadeUrgent, at: datetime, ladders: Ladders) -> Asked:
    return _calling(event, at, ladders, "urgent", event.to)


def _disputed(event: OutcomeDisputed, at: datetime, ladders: Ladders) -> Asked:
    return [*_ended(event, at, ladders), *_calling(event, at, ladders, "arbitration", "ceo")]


def _calling(event: Any, at: datetime, ladders: Ladders, name: Repeated, role: CalledRole | None) -> Asked:
    """The role is called now, and again each working day."""
    call = CallRole(
        ticket_id=event.feedback_id,
        escalation=name,
        reason=name,
        role=role,
        number=event.number,
        since=at,
        next_in=ladders.next_working_day,
    )
    return [_in_stream(call)]


def _judged(event: PromiseJudged, at: datetime, ladders: Ladders) -> Asked:
    """After each miss feedback promises an update anew, so it is those deadlines that call again."""
    if event.promise != "update" or event.outcome != "broken" or event.missed < 1:
        return []
    call = CallRole(
        ticket_id=event.feedback_id,
        escalation="update",
        reason="update-missed",
        role="support-manager" if event.missed == 1 else "vp",
        number=event.number,
        since=at,
        turn=event.missed - 1,
        broken_at=event.at,
    )
    return [_in_stream(call)]


def _classified(event: FeedbackClassified, at: datetime, ladders: Ladders) -> Asked:
    return [] if event.kind == "complaint" else _ended(event, at, ladders)


def _joined(event: ComplaintJoined, at: datetime, ladders: Ladders) -> Asked:
    return [] if event.leads else _ended(event, at, ladders)


def _ended(event: Any, at: datetime, ladders: Ladders) -> Asked:
    cause, names = ENDS[type(event)]
    feedback_id: UUID = event.feedback_id
    return [_in_stream(EndCalls(ticket_id=feedback_id, escalation=name, cause=cause, at=at)) for name in names]


def _in_stream(command: CallRole | EndCalls) -> tuple[str, EscalationCommand]:
    return f"escalation-{command.ticket_id}-{command.escalation}", command


ASKS: dict[type[Any], Callable[[Any, datetime, Ladders], Asked]] = {
    **dict.fromkeys(ENDS, _ended),
    ReviewOpened: _opened,
    ReviewerNamed: _named,
    MadeUrgent: _urgent,
    PromiseJudged: _judged,
    OutcomeDisputed: _disputed,
    FeedbackClassified: _classified,
    ComplaintJoined: _joined,
}
