"""Which commands follow from the facts of other services: for clocks, and for the alarms that their envelopes set.

Imported facts lead to no commands.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.alarms import Alarms, alarm_stream
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
from sla_timer.domain.commands import Command, HearAlarms
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies
from sla_timer.react import conversation as conversation
from sla_timer.react import ticket as ticket


def react(fact: Fact, policies: Policies) -> list[tuple[str, Command]]:
    """The commands for clocks that follow from a fact, each with its stream."""
    if fact.imported:
        return []
    event: Any = fact.event
    if asks := ASKS.get(type(event)):
        asked, kinds = asks(event, fact.happened_at, policies), policies.kinds
        return [(clock_of(event.ticket_id, kind), command) for kind, command in asked if kind in kinds]
    return []


def hear(owner: str, alarms: Alarms, set_by: UUID, at: datetime, policies: Policies) -> list[tuple[str, Command]]:
    """The command for the alarms that an event of the stream `owner` changes, with the alarm stream that it goes to."""
    stream = alarm_stream(owner)
    heard = HearAlarms(
        at=at, ticket_id=UUID(stream[6:42]), owner=owner, set_by=set_by, alarms=alarms, policies=policies
    )
    return [(stream, heard)]


def clock_of(ticket_id: UUID, kind: Kind) -> str:
    """The stream of a ticket's promises of a kind."""
    return f"clock-{ticket_id}-{kind}"


def response_clock(ticket_id: UUID) -> str:
    """The stream of the first answer's clock, which is a response clock or an objective."""
    return clock_of(ticket_id, "response")


ASKS: dict[type[Any], Callable[[Any, datetime, Policies], ticket.Asked]] = {
    TicketOpened: ticket.opened,
    InformationCompleted: ticket.completed,
    InformationRequested: ticket.requested,
    InformationReceived: conversation.received,
    InitialResponseGiven: conversation.responded,
    MessagePosted: conversation.written,
    SeverityChanged: ticket.changed,
    EntitlementChanged: ticket.entitled,
    Resolved: conversation.resolved,
    Closed: conversation.closed,
    Reopened: conversation.reopened,
    Merged: ticket.merged,
    Absorbed: ticket.absorbed,
}
