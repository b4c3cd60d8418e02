"""The rule for a zone after its last listed change: a POSIX TZ string, as in `EST5EDT,M3.2.0,M11.1.0`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hours.instants import day_of

NAME = r"(?:<[^>]+>|[A-Za-z]+)"
TIME = r"[+-]?\d+(?::\d+){0,2}"
DATE = rf"M\d+\.\d\.\d(?:/{TIME})?"
RULE = re.compile(rf"{NAME}({TIME})(?:{NAME}({TIME})?,({DATE}),({DATE}))?")
LAST_WEEK = 5
CYCLE_YEARS = 400
CYCLE_SECONDS = 146_097 * 86_400
"""The Gregorian calendar repeats every 400 years, weekdays included."""


@dataclass(frozen=True, slots=True)
class Change:
    """A yearly change: month, week in it (5: the last), weekday (0: Sunday), local seconds since that midnight."""

    month: int
    week: int
    weekday: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> "Change":
        """From `M3.2.0` or `M10.5.0/3`; 02:00 where no time is given."""
        on, _, time = text.partition("/")
        month, week, weekday = map(int, on[1:].split("."))
        return cls(month, week, weekday, _seconds(time or "2"))

    def local(self, year: int) -> int:
        """Seconds since 1970, in wall-clock time before the change."""
        first = day_of(date(year, self.month, 1))
        day = first + (self.weekday - (first + 4)) % 7 + (self.week - 1) * 7  # 1970-01-01 was a Thursday
        length = (date(year + self.month // 12, self.month % 12 + 1, 1) - date(year, self.month, 1)).days
        if self.week == LAST_WEEK and day >= first + length:
            day -= 7
        return day * 86_400 + self.seconds


@dataclass(frozen=True, slots=True)
class Rule:
    """The standard offset and, if clocks are changed, the summer offset, in seconds east of Greenwich."""

    standard: int
    summer: int
    begins: Change | None
    ends: Change | None

    @classmethod
    def of(cls, text: str) -> "Rule":
        """From a zone file's footer. Raises ValueError."""
        found = RULE.fullmatch(text)
        if not found:
            raise ValueError(f"the time zone rule {text!r} is none that is known here")
        west, summer, begins, ends = found.groups()
        standard = -_seconds(west)
        moved = -_seconds(summer) if summer else standard + 3600
        return cls(standard, moved, Change.of(begins) if begins else None, Change.of(ends) if ends else None)

    def changes(self, year: int) -> Iterator[tuple[int, int]]:
        """UTC seconds since 1970 and the offset from then on, in order, from this year on, without end."""
        if not (self.begins and self.ends):
            return
        cycle: list[tuple[int, int]] = []
        for each in range(year, year + CYCLE_YEARS):
            begins, ends = self.begins.local(each) - self.standard, self.ends.local(each) - self.summer
            cycle += sorted([(begins, self.summer), (ends, self.standard)])
        turn = 0
        while True:
            for at, offset in cycle:
                yield at + turn, offset
            turn += CYCLE_SECONDS


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
