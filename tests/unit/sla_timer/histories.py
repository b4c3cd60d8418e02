"""Any history of a ticket, drawn: what intake may record of it, in any order, and when it is heard of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from tests.unit.sla_timer.story import (
    ACCOUNT,
    INFORMATION_RECEIVED,
    INFORMATION_REQUESTED,
    MORE,
    OFFICE,
    PAUSING,
    RESOLVED,
    TICKET,
    closed,
    completed,
    entitled,
    ny,
    opened,
    reopened,
    responded,
    severity_changed,
    underway,
    wrote,
)

from contracts.tickets import Absorbed, Merged, Severity, Tier

POLICIES = st.sampled_from((OFFICE, MORE, PAUSING))
SEVERITIES: st.SearchStrategy[Severity] = st.sampled_from((1, 2, 3, 4))
TIERS: st.SearchStrategy[Tier] = st.sampled_from(("enlist", "patrol"))
AGREED = st.sampled_from((None, None, "office", "around-the-clock"))
MONDAY = ny("2026-07-13 06:00")
STEP = timedelta(minutes=10)
"""Coarse, so that deadlines and facts meet at one instant."""
GAPS = st.one_of(*(st.integers(0, most) for most in (1, 6, 6, 24, 4 * 144))).map(lambda steps: steps * STEP)
OTHER = UUID(int=77)


@dataclass
class _Ticket:
    """As far as it decides what its facts carry."""

    at: datetime
    severity: Severity
    tier: Tier
    calendar: str | None
    waiting: bool
    answered: bool = False
    facts: list[tuple[datetime, Any]] = field(default_factory=list)

    @property
    def terms(self) -> tuple[Severity, Tier, str | None]:
        return self.severity, self.tier, self.calendar

    def now(self) -> Any:
        return underway(*self.terms) if self.answered else None


@st.composite
def tickets(draw: st.DrawFn, most: int = 9) -> list[tuple[datetime, Any]]:
    """What is recorded of one, with its instants, ascending."""
    at = MONDAY + draw(GAPS)
    ticket = _Ticket(at, draw(SEVERITIES), draw(TIERS), draw(AGREED), draw(st.booleans()))
    ticket.facts.append((at, opened(*ticket.terms, missing=("os",) if ticket.waiting else ())))
    for _ in range(draw(st.integers(0, most))):
        ticket.at += draw(GAPS)
        ticket.facts.append((ticket.at, draw(st.sampled_from(FACTS))(ticket, draw)))
    return ticket.facts


def _changed(ticket: _Ticket, draw: st.DrawFn) -> Any:
    before, ticket.severity = ticket.severity, draw(SEVERITIES)
    return severity_changed(before, ticket.severity)


def _entitled(ticket: _Ticket, draw: st.DrawFn) -> Any:
    ticket.tier, ticket.calendar = draw(TIERS), draw(AGREED)
    return entitled(ticket.tier, ticket.calendar, ticket.severity)


def _completed(ticket: _Ticket, draw: st.DrawFn) -> Any:
    ticket.waiting = False
    return completed(*ticket.terms)


def _requested(ticket: _Ticket, draw: st.DrawFn) -> Any:
    ticket.waiting = True
    return INFORMATION_REQUESTED


def _responded(ticket: _Ticket, draw: st.DrawFn) -> Any:
    waiting, ticket.waiting, ticket.answered = ticket.waiting, False, True
    return responded(ticket.severity, waiting=waiting, awaits_reply=draw(st.booleans()))


def _asked(ticket: _Ticket, draw: st.DrawFn) -> Any:
    return wrote("requester", ticket.now())


def _told(ticket: _Ticket, draw: st.DrawFn) -> Any:
    return wrote("staff", ticket.now(), awaits_reply=draw(st.booleans()))


def _absorbed(ticket: _Ticket, draw: st.DrawFn) -> Any:
    earlier = draw(st.sampled_from((None, ticket.at - draw(GAPS))))
    return Absorbed(
        ticket_id=TICKET, account_id=ACCOUNT, number="P-1042", other=OTHER, other_number="P-7", received_at=earlier
    )


FACTS = (
    _changed,
    _changed,
    _entitled,
    _completed,
    _requested,
    _responded,
    _asked,
    _told,
    _absorbed,
    lambda ticket, draw: INFORMATION_RECEIVED,
    lambda ticket, draw: RESOLVED,
    lambda ticket, draw: closed(draw(st.sampled_from(("withdrawn", "resolved")))),
    lambda ticket, draw: reopened(ticket.now()),
    lambda ticket, draw: Merged(
        ticket_id=TICKET, account_id=ACCOUNT, number="P-1042", into=OTHER, into_number="P-1000"
    ),
)
