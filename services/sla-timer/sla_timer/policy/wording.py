"""Durations, times, days and lists as words for sentences."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_SECONDS = 86_400
MAX_LISTED = 6
"""Items of a list; of a longer one the rest is counted."""


def duration(span: timedelta) -> str:
    """`1h30m`, as policy files write it."""
    seconds = int(span.total_seconds())
    parts = (seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def counted(count: int, unit: str) -> str:
    """`1 day`, `2 days`."""
    return f"{count} {unit}" + ("" if count == 1 else "s")


def time(seconds: int) -> str:
    """`17:00`, seconds since midnight; beyond the next midnight, on the next day."""
    hours, minutes = divmod(seconds % DAY_SECONDS if seconds > DAY_SECONDS else seconds, 3600)
    return f"{hours:02}:{minutes // 60:02}" + (" the next day" if seconds > DAY_SECONDS else "")


def hours(windows: Iterable[Sequence[int]]) -> str:
    """`09:00–12:00 and 13:00–17:00`, or `closed`."""
    return listed([f"{time(opens)}–{time(closes)}" for opens, closes in sorted(map(tuple, windows))]) or "closed"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shortened(words: Sequence[str]) -> str:
    """The first of them, and how many more."""
    if len(words) <= MAX_LISTED + 1:
        return listed(words)
    return f"{', '.join(words[:MAX_LISTED])} and {len(words) - MAX_LISTED} more, up to {words[-1]}"


def days(numbers: Sequence[int]) -> str:
    """`Monday to Friday`, or the days one by one."""
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[-1] + 1)):
        return f"{DAYS[numbers[0]]} to {DAYS[numbers[-1]]}"
    return listed([DAYS[number] for number in numbers])
