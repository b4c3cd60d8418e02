"""From an incident's rows to our facts: what happened, and when. Pure, and the same on every run.

    of the log                                       here
    opened_at                                        the ticket is opened, with all required information
    another priority                                 severity and priority changed (1 to 4; urgent to low)
    another assigned_to                              assigned
    Active, Awaiting Vendor, Problem or Evidence     the first time: the initial response, a plan of action
    Awaiting User Info, before any answer            information requested; completed by the next state
    Awaiting User Info, later                        a message to the requester
    Resolved                                         resolved; where nobody had answered, the response says how
    Closed                                           closed; where it wasn't resolved, resolved first
    anything open after Resolved or Closed           reopened
    New, or a state that the log doesn't define      nothing

A fact is never earlier than the one before it, whatever a row says. An account is a location, a person a caller.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from contracts.tickets import AccountRegistered, Details, InitialResponseGiven, SeverityChanged, TicketOpened
from punctual.servicenow.changes import PRIORITIES, TIER, Ticket, changes
from punctual.servicenow.rows import UNKNOWN, Clock, Incident, Row

SERVICENOW = UUID("7d0c4a52-3b1e-5c63-9a41-2f6f0f5d8c17")
"""Namespace of all ids that follow from the log."""


class Happened(NamedTuple):
    """A fact, when it happened (UTC), and the stream it belongs to. `name`: unique in the log, the same every time."""

    at: datetime
    stream: str
    event: Any
    name: str

    @property
    def command_id(self) -> UUID:
        """The id of the command that records it: the same at each import, so it is recorded once."""
        return uuid5(SERVICENOW, self.name)


def history(incident: Incident, clock: Clock) -> list[Happened]:
    """All that happened to an incident, in order. Raises Unreadable."""
    first = incident.rows[0]
    at = incident.at(0, "opened_at", clock)
    ticket = Ticket(
        incident,
        uuid5(SERVICENOW, f"incident {incident.number}"),
        _account_of(first),
        uuid5(SERVICENOW, f"caller {first.caller_id}"),
        incident.severity(0),
    )
    stream = f"ticket-{ticket.ticket_id}"
    last = len(incident.rows) - 1
    if incident.at(last, "sys_updated_at", clock) < incident.at(0, "sys_updated_at", clock):
        raise incident.unreadable(last, "sys_updated_at", "that is before the incident's first row: sort by time")
    for column in ("resolved_at", "closed_at"):
        if getattr(incident.last, column) != UNKNOWN and incident.at(last, column, clock) < at:
            raise incident.unreadable(last, column, f"that is before opened_at, {first.opened_at!r}: correct either")
    found = [Happened(at, stream, _opened(ticket, first), f"{incident.number}/opened")]
    for place in range(len(incident.rows)):
        at = max(at, incident.at(place, "sys_updated_at", clock))
        found += [
            Happened(at, stream, event, f"{incident.number}/{place}/{n}")
            for n, event in enumerate(changes(ticket, place))
        ]
    return found


def as_promise_to_close(incident: Incident, happened: Iterable[Happened], clock: Clock) -> list[Happened]:
    """The same history as if closing the incident had been promised: the last closing counts as the response."""
    kept = [one for one in happened if isinstance(one.event, TicketOpened | SeverityChanged)]
    ticket = kept[0].event
    place = len(incident.rows) - 1
    if incident.rows[place].closed_at == UNKNOWN:
        return kept
    at = max(kept[-1].at, incident.at(place, "closed_at", clock))
    response = InitialResponseGiven(
        ticket_id=ticket.ticket_id,
        subject_id=ticket.subject_id,
        message_id=ticket.ticket_id,
        severity=incident.severity(place),
        tier=TIER,
        calendar=None,
        waiting=False,
        states="resolution",
        body="Closed.",
    )
    return [*kept, Happened(at, kept[0].stream, response, f"{incident.number}/closing")]


def registered(account: str, at: datetime) -> Happened:
    """The account of a location, from its first incident on."""
    account_id = uuid5(SERVICENOW, f"location {account}")
    name = "Location unknown" if account == UNKNOWN else account
    event = AccountRegistered(account_id=account_id, name=name, tier=TIER, calendar=None, domains=())
    return Happened(at, f"account-{account_id}", event, f"location {account}")


def _account_of(row: Row) -> UUID:
    return uuid5(SERVICENOW, f"location {row.location}")


def _opened(ticket: Ticket, row: Row) -> TicketOpened:
    about = ", ".join(text for text in (row.category, row.subcategory, row.u_symptom) if text != UNKNOWN)
    caller = "".join(char if char.isalnum() else "-" for char in row.caller_id.lower()) or "unknown"
    return TicketOpened(
        ticket_id=ticket.ticket_id,
        number=row.number,
        account_id=ticket.account_id,
        subject_id=ticket.subject_id,
        account_version=1,
        channel="email" if row.contact_type == "Email" else "portal",
        severity=ticket.severity,
        priority=PRIORITIES[ticket.severity - 1],
        tier=TIER,
        calendar=None,
        details=Details(),
        missing=(),
        title=about or row.number,
        description=f"{row.number}, brought in from ServiceNow; {row.contact_type}.",
        # A domain that never exists: should anybody ever write to an imported ticket, the mail goes nowhere.
        email=f"{caller}@servicenow.invalid",
    )
