"""How instants and durations are written."""

from collections.abc import Callable
from datetime import datetime, timedelta

MICROSECOND, SECOND, MINUTE = timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1)

FormatInstant = Callable[[datetime], str]
"""Writes an instant, in local time."""


def lasting(of: timedelta) -> str:
    """`1h30m`, `59m59.999999s`: hours, minutes and seconds, with as many decimals as there are."""
    seconds, micros = divmod(of // MICROSECOND, 1_000_000)
    parts = [f"{seconds // 3600}h" * (seconds >= 3600), f"{seconds // 60 % 60}m" * (seconds // 60 % 60 > 0)]
    decimals = f".{micros:06}".rstrip("0") if micros else ""
    if seconds % 60 or decimals:
        parts.append(f"{seconds % 60}{decimals}s")
    return "".join(parts) or "0s"


def brief(of: timedelta) -> str:
    """The same in whole seconds, for sentences; durations below a minute keep their fraction."""
    return lasting(of if of < MINUTE else timedelta(0, of // SECOND))


def shared(used: timedelta, left: timedelta) -> tuple[str, str]:
    """The used and the remaining part of a target, in whole seconds that add up; exactly if one is below a minute."""
    rest = used % SECOND if min(used, left) >= MINUTE else timedelta()
    return lasting(used - rest), lasting(left + rest)


def wall(at: datetime) -> str:
    """`Tue 2026-07-14 10:00 -04:00`, with seconds and their decimals where there are some."""
    return f"{at:%a %Y-%m-%d} {_time(at)} {_offset(at)}"


def brief_wall(at: datetime) -> str:
    """The same to the second, for sentences."""
    return wall(at.replace(microsecond=0))


def wall_after(since: datetime, at: datetime) -> str:
    """The same without the date or offset that `since` has too: `17:00`, `Wed 2026-07-15 09:00`."""
    if at.utcoffset() != since.utcoffset():
        return wall(at)
    return _time(at) if at.date() == since.date() else f"{at:%a %Y-%m-%d} {_time(at)}"


def _time(at: datetime) -> str:
    if not (at.second or at.microsecond):
        return f"{at:%H:%M}"
    return f"{at:%H:%M:%S.%f}".rstrip("0").rstrip(".") if at.microsecond else f"{at:%H:%M:%S}"


def _offset(at: datetime) -> str:
    return at.isoformat()[-6:] if at.utcoffset() else "UTC"
