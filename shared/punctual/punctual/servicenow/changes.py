"""Which events follow from a row of the audit log; the head of `facts` has the table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID, uuid5

from contracts.tickets import (
    Assigned,
    Closed,
    Details,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    Priority,
    PriorityChanged,
    Reopened,
    Resolved,
    Severity,
    SeverityChanged,
    Tier,
)
from punctual.servicenow.rows import UNKNOWN, Incident

TIER: Tier = "enlist"
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
WORKING = frozenset({"Active", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"})
NEW, ASKING, RESOLVED, CLOSED = "New", "Awaiting User Info", "Resolved", "Closed"
DEFINED = frozenset({NEW, *WORKING, ASKING, RESOLVED, CLOSED})


@dataclass
class Ticket:
    """A ticket's state after the rows so far."""

    incident: Incident
    ticket_id: UUID
    account_id: UUID
    subject_id: UUID
    severity: Severity
    engineer: str | None = None
    state: str = NEW
    waiting: bool = False
    answered: bool = False
    closings: int = 0


def changes(ticket: Ticket, place: int) -> Iterator[Any]:
    """The events that follow from the row at `place`; `ticket` is brought up to date. Raises Unreadable."""
    row = ticket.incident.rows[place]
    if row.assigned_to not in (UNKNOWN, ticket.engineer):
        yield Assigned(ticket_id=ticket.ticket_id, engineer=row.assigned_to, before=ticket.engineer)
        ticket.engineer = row.assigned_to
    if (severity := ticket.incident.severity(place)) != ticket.severity:
        yield from _assessed(ticket, severity)
    if (state := row.incident_state) != ticket.state and state in DEFINED - {NEW}:
        yield from _moved(ticket, state, place)
        ticket.state = state


def undefined(incidents: Iterable[Incident]) -> Counter[str]:
    """How many rows have a state that changes nothing, because the log doesn't define it."""
    return Counter(row.incident_state for one in incidents for row in one.rows if row.incident_state not in DEFINED)


def _assessed(ticket: Ticket, severity: Severity) -> Iterator[Any]:
    before, ticket.severity = ticket.severity, severity
    of: dict[str, Any] = {
        "ticket_id": ticket.ticket_id,
        "subject_id": ticket.subject_id,
        "reason": "Another impact or urgency.",
    }
    yield SeverityChanged(before=before, severity=severity, tier=TIER, calendar=None, **of)
    yield PriorityChanged(before=PRIORITIES[before - 1], priority=PRIORITIES[severity - 1], **of)


def _moved(ticket: Ticket, state: str, place: int) -> Iterator[Any]:
    of: dict[str, Any] = {"ticket_id": ticket.ticket_id, "subject_id": ticket.subject_id}
    message_id = uuid5(ticket.ticket_id, str(place))
    if ticket.state in (RESOLVED, CLOSED) and (ticket.state, state) != (RESOLVED, CLOSED):
        yield Reopened(**of, reason=f"{state} again.")
    if state == ASKING:
        yield _asked(ticket, message_id)
        return
    if ticket.waiting:
        ticket.waiting = False
        yield InformationCompleted(**of, severity=ticket.severity, tier=TIER, calendar=None, details=Details())
    if not ticket.answered:
        ticket.answered = True
        yield InitialResponseGiven(
            **of,
            message_id=message_id,
            severity=ticket.severity,
            tier=TIER,
            calendar=None,
            waiting=False,
            states="plan" if state in WORKING else "resolution",
            body=f"{state}.",
        )
    if state in (RESOLVED, CLOSED) and (ticket.state, state) != (RESOLVED, CLOSED):
        yield Resolved(**of, resolution=f"{state}.")
    if state == CLOSED:
        ticket.closings += 1
        yield Closed(
            **of,
            account_id=ticket.account_id,
            number=ticket.incident.number,
            cause="resolved",
            closing=ticket.closings,
        )


def _asked(ticket: Ticket, message_id: UUID) -> Any:
    """Before any answer a request for information; later a message that awaits the requester's reply."""
    of: dict[str, Any] = {"ticket_id": ticket.ticket_id, "subject_id": ticket.subject_id}
    if not ticket.answered and not ticket.waiting:
        ticket.waiting = True
        return InformationRequested(**of, missing=("description",), reason=f"{ASKING}.")
    return MessagePosted(
        **of, message_id=message_id, channel="portal", author="staff", public=True, contact=True, body=f"{ASKING}."
    )
