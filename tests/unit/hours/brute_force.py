"""Support hours counted second by second, from the words of SEMANTICS.md and the standard library's time zones alone.

It shares nothing with the calendar: no table, no transition, no arithmetic on days. A case is the JSON that `punctual
calendar` takes. Windows begin and end at whole minutes and offsets change at whole seconds, so that a second is open
or closed as a whole.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


def read(text: str) -> datetime:
    """An instant, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


class BruteForce:
    """One case's hours. No answer to a question that takes more than a week."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.zone: tzinfo = _fixed(case["offset"]) if "offset" in case else ZoneInfo(case["zone"])
        self._dates: dict[int, set[int]] = {}

    def is_open(self, at: datetime) -> bool:
        """An instant is open when its local date and wall-clock time lie in a window."""
        local = at.astimezone(self.zone)
        today = local.toordinal()
        if today not in self._dates:
            self._dates[today] = self._minutes(local.date())
        return local.hour * 60 + local.minute in self._dates[today]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time of [start, end)."""
        return sum((until - since for since, until in self._seconds(start, end) if self.is_open(since)), timedelta())

    def after(self, start: datetime, support_time: timedelta) -> datetime:
        """When so much is over."""
        if not support_time:
            return start
        for since, until in self._seconds(start, start + timedelta(days=21)):
            if self.is_open(since):
                if support_time <= until - since:
                    return since + support_time
                support_time -= until - since
        raise OverflowError

    def _seconds(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        following = start.replace(microsecond=0) + SECOND
        while following < end:
            yield start, following
            start, following = following, following + SECOND
        if start < end:
            yield start, end

    def _minutes(self, today: date) -> set[int]:
        """The open minutes of a local date, as the clock on the wall names them."""
        special, holidays = self.case.get("special", {}), self.case.get("holidays", [])
        if today.isoformat() in special:
            return {minute for hours in special[today.isoformat()] for minute in _span(hours, 0)}
        if today.isoformat() in holidays:
            return set()
        yesterday = (today.weekday() - 1) % 7
        spilt = (_span(window, 1440) for window in self.case["windows"] if window["day"] == yesterday)
        own = (_span(window, 0) for window in self.case["windows"] if window["day"] == today.weekday())
        return {minute for part in (*spilt, *own) for minute in part if minute < 1440}


def _span(window: dict[str, Any], before: int) -> range:
    """The minutes of a window, counted from a midnight so many minutes after that of its own date."""
    opens, closes = _minute(window["from"]), _minute(window["to"])
    closes += 1440 if closes <= opens else 0
    return range(max(opens - before, 0), max(closes - before, 0))


def _minute(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _fixed(offset: str) -> tzinfo:
    sign = -1 if offset.startswith("-") else 1
    return timezone(sign * timedelta(minutes=_minute(offset[1:])))
