"""How feedback reacts to other services' facts: closings of tickets, and what sla-timer says of its alarms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.names import category_of
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.tickets import Closed, Reopened
from feedback.domain.commands import Command, HearAlarm, IssueSurvey, OvertakeSurvey, RemindOfSurvey
from feedback.domain.policy import UNHEARD, Policies

Asked = list[tuple[str, Command]]


def survey_stream(ticket_id: UUID, closing: int) -> str:
    """The stream of the survey about one closing of a ticket: each closing is asked about once (P16)."""
    return f"survey-{ticket_id}-{closing}"


def feedback_stream(feedback_id: UUID) -> str:
    """The stream of what a customer said, and of the complaint if it is one."""
    return f"feedback-{feedback_id}"


def react(fact: Fact, policies: Policies = UNHEARD) -> Asked:
    """The commands that follow from a fact, each with its stream. Nobody is asked about imported history."""
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact, policies)


def _closed(fact: Fact, policies: Policies) -> Asked:
    event = fact.event
    if event.asks == "nobody":
        return []
    issue = IssueSurvey(
        ticket_id=event.ticket_id,
        survey_id=uuid5(event.ticket_id, f"survey {event.closing}"),
        account_id=event.account_id,
        subject_id=event.subject_id,
        number=event.number,
        closing=event.closing,
        closed_at=fact.happened_at,
        policies=policies,
        email=None if event.email == ERASED else event.email,
        language=event.language,
        zone=event.zone,
        machine=event.asks == "portal",
    )
    return [(survey_stream(event.ticket_id, event.closing), issue)]


def _reopened(fact: Fact, policies: Policies) -> Asked:
    event = fact.event
    return [(survey_stream(event.ticket_id, event.closing), OvertakeSurvey())] if event.closing else []


def _alarm(fact: Fact, policies: Policies) -> Asked:
    """What happens to an alarm that feedback had asked for."""
    event = fact.event
    owner: str = event.owner or ""
    match category_of(owner) if owner else "":
        case "feedback":
            return [(owner, HearAlarm(event=event, policies=policies))]
        case "survey" if isinstance(event, AlarmRang):
            ticket_id, closing = owner.removeprefix("survey-").rsplit("-", 1)
            return [(owner, RemindOfSurvey(ticket_id=UUID(ticket_id), closing=int(closing)))]
        case _:
            return []


ASKS: dict[type[Any], Callable[[Fact, Policies], Asked]] = {
    Closed: _closed,
    Reopened: _reopened,
    AlarmSet: _alarm,
    AlarmRang: _alarm,
    AlarmCancelled: _alarm,
}
