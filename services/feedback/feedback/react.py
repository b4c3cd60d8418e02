"""How feedback reacts to other services' facts: closings of tickets, what sla-timer says of its alarms,
and that the mail with a survey was sent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.names import category_of
from contracts.notifications import NotificationSent
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.tickets import Closed
from feedback.domain.commands import Command, HearAlarm, IssueSurvey, NoteDelivery
from feedback.domain.policy import UNHEARD, Policies

Asked = list[tuple[str, Command]]


def survey_stream(ticket_id: UUID, closing: int) -> str:
    """The stream of the survey about one closing of a ticket: each closing is asked about once (P16)."""
    return f"survey-{ticket_id}-{closing}"


def feedback_stream(feedback_id: UUID) -> str:
    """The stream of what a customer said, and of the complaint if it is one."""
    return f"feedback-{feedback_id}"


def react(fact: Fact, context: Any = UNHEARD) -> Asked:
    """The commands that follow from a fact, each with its stream. Nobody is asked about imported history.

    `context`: the policies; of a mail that was sent, the closing that it asks about (none: it is no survey's).
    """
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact, context)


def _closed(fact: Fact, policies: Policies) -> Asked:
    event = fact.event
    issue = IssueSurvey(
        ticket_id=event.ticket_id,
        survey_id=uuid5(event.ticket_id, f"survey {event.closing}"),
        account_id=event.account_id,
        subject_id=event.subject_id,
        number=event.number,
        closing=event.closing,
        closed_at=fact.happened_at,
        severity=event.severity,
        tier=event.tier,
        engineer=event.engineer,
        email=None if event.email == ERASED else event.email,
        language=event.language,
        zone=event.zone,
    )
    return [(survey_stream(event.ticket_id, event.closing), issue)]


def _alarm(fact: Fact, policies: Policies) -> Asked:
    """What happens to an alarm that feedback had asked for."""
    event = fact.event
    if not event.owner or category_of(event.owner) != "feedback":
        return []
    return [(event.owner, HearAlarm(event=event, policies=policies))]


def _sent(fact: Fact, closing: Any) -> Asked:
    return [(survey_stream(fact.event.ticket_id, closing), NoteDelivery())] if isinstance(closing, int) else []


ASKS: dict[type[Any], Callable[[Fact, Any], Asked]] = {
    Closed: _closed,
    AlarmSet: _alarm,
    AlarmRang: _alarm,
    AlarmCancelled: _alarm,
    NotificationSent: _sent,
}
