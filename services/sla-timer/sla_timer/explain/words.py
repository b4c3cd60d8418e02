"""How instants, durations and stretches are called."""

from datetime import date, datetime, timedelta, timezone

from sla_timer.domain.calendar import Calendar
from sla_timer.domain.instants import instant, span


def lasting(of: timedelta) -> str:
    """`1h30m`, `59m59.999999s`: hours, minutes and seconds, with as many decimals as there are."""
    seconds, micros = divmod(span(of), 1_000_000)
    parts = [f"{seconds // 3600}h" * (seconds >= 3600), f"{seconds // 60 % 60}m" * (seconds // 60 % 60 > 0)]
    decimals = f".{micros:06}".rstrip("0") if micros else ""
    if seconds % 60 or decimals:
        parts.append(f"{seconds % 60}{decimals}s")
    return "".join(parts) or "0s"


def local(calendar: Calendar | None, at: datetime) -> datetime:
    """What a calendar's wall clock says, with its offset; UTC without a calendar."""
    utc = instant(at)
    offset = calendar.schedule.zone.local(utc) - utc if calendar else 0
    return at.astimezone(timezone(timedelta(0, 0, offset)))


def wall(at: datetime) -> str:
    """`Tue 2026-07-14 10:00 -04:00`, with seconds where there are some."""
    seconds = "" if not (at.second or at.microsecond) else f"{at:%S.%f}".rstrip("0").rstrip(".")
    return f"{at:%a %Y-%m-%d %H:%M}{seconds and ':' + seconds} {at.isoformat()[-6:]}"


def why(reason: str, on: date | None, *, counted: bool) -> str:
    """Why a stretch is counted, or skipped."""
    match reason:
        case "special":
            return f"special hours of {on}" if counted else f"closed but for the special hours of {on}"
        case "holiday":
            return f"holiday: {on}"
        case _:
            return WHY[reason]


WHY = {
    "waiting": "waiting for required information",
    "void": "void: the information was found incomplete",
    "before-start": "closed: the clock starts with the next opening",
    "open": "open",
    "elapsed": "every hour counts",
    "closed": "closed",
    "paused": "paused",
    "late": "open, past the deadline",
    "over": "over",
}
