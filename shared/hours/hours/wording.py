"""Words for a calendar's instants and stretches."""

from datetime import date, datetime, timedelta, timezone

from contracts.proof import Reason
from hours.calendar import Calendar
from hours.instants import instant

WHY: dict[Reason, str] = {"elapsed": "every hour counts", "before-start": "closed: it starts with the next opening"}
"""Words for reasons that don't explain themselves."""


def local(calendar: Calendar | None, at: datetime) -> datetime:
    """The time on a calendar's wall clock, with its offset; in UTC without a calendar."""
    utc = instant(at)
    offset = calendar.schedule.zone.local(utc) - utc if calendar else 0
    return at.astimezone(timezone(timedelta(0, 0, offset)))


def why(reason: Reason, on: date | None = None, *, counted: bool = False) -> str:
    """Why a stretch is counted, or skipped. `on`: the date of a holiday or of special hours."""
    match reason:
        case "special":
            return f"special hours of {on}" if counted else f"closed but for the special hours of {on}"
        case "holiday":
            return f"holiday: {on}"
        case _:
            return WHY.get(reason, reason)
