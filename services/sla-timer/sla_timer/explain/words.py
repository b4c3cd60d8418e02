"""How a clock's instants and stretches are called."""

from datetime import datetime, timedelta, timezone

from contracts.proof import Reason
from sla_timer.domain.calendar import Calendar
from sla_timer.domain.instants import instant

WHY: dict[Reason, str] = {
    "waiting": "waiting for required information",
    "void": "void: the information was found incomplete",
    "before-start": "closed: the clock starts with the next opening",
    "paused": "paused: waiting for the requester",
    "over": "over, until it was reopened",
}
"""What the reasons mean that a clock has of its own."""


def local(calendar: Calendar | None, at: datetime) -> datetime:
    """What a calendar's wall clock says, with its offset; UTC without a calendar."""
    utc = instant(at)
    offset = calendar.schedule.zone.local(utc) - utc if calendar else 0
    return at.astimezone(timezone(timedelta(0, 0, offset)))
