"""What other services' facts ask of clocks and alarms. History brought in from elsewhere asks nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.tickets import (
    Absorbed,
    Closed,
    EntitlementChanged,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    Merged,
    MessagePosted,
    Reopened,
    Resolved,
    SeverityChanged,
    TicketOpened,
)
from sla_timer.domain import matter, talk
from sla_timer.domain.commands import Command
from sla_timer.domain.ladder_alarms import ALARMS
from sla_timer.domain.policies import Policies
from sla_timer.domain.promise import Kind


def react(fact: Fact, policies: Policies) -> list[tuple[str, Command]]:
    """The commands that follow from a fact, each with the stream it is for."""
    if fact.imported:
        return []
    event: Any = fact.event
    if asks := ASKS.get(type(event)):
        asked, kinds = asks(event, fact.happened_at, policies), policies.kinds
        return [(clock_of(event.ticket_id, kind), command) for kind, command in asked if kind in kinds]
    if alarm := ALARMS.get(type(event)):
        return alarm(event, fact.happened_at, policies)
    return []


def clock_of(ticket_id: UUID, kind: Kind) -> str:
    """The stream of a ticket's promises of a kind."""
    return f"clock-{ticket_id}-{kind}"


def response_clock(ticket_id: UUID) -> str:
    """The stream of the promise of a first answer, in either form: response clock or objective."""
    return clock_of(ticket_id, "response")


ASKS: dict[type[Any], Callable[[Any, datetime, Policies], matter.Asked]] = {
    TicketOpened: matter.opened,
    InformationCompleted: matter.completed,
    InformationRequested: matter.requested,
    InformationReceived: talk.received,
    InitialResponseGiven: talk.responded,
    MessagePosted: talk.written,
    SeverityChanged: matter.changed,
    EntitlementChanged: matter.entitled,
    Resolved: talk.resolved,
    Closed: talk.closed,
    Reopened: talk.reopened,
    Merged: matter.merged,
    Absorbed: matter.absorbed,
}
