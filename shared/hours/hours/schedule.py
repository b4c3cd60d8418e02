"""When a desk is open, in wall-clock time: windows of the week, and dates with hours of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from contracts import policy
from hours.instants import DAY, SECOND, day_of
from hours.zone import Zone

Windows = tuple[tuple[int, int], ...]
"""Half-open windows of one local date in microseconds since its midnight, ascending and not overlapping."""

THURSDAY = 3
"""The weekday of 1970-01-01, Monday being 0."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Windows of the seven weekdays; `dated`: day numbers with other windows, of which a holiday has none."""

    zone: Zone
    weekly: tuple[Windows, ...]
    dated: Mapping[int, Windows]

    @classmethod
    def of(cls, published: policy.Calendar, zone: Zone) -> "Schedule":
        """From a calendar of the published policy. Special hours win over a holiday on the same date."""
        holidays: dict[int, Windows] = {day_of(date.fromisoformat(on)): () for on in published.holidays}
        special = {
            day_of(date.fromisoformat(on)): tuple(sorted((start * SECOND, end * SECOND) for start, end in windows))
            for on, windows in published.special.items()
        }
        return cls(zone, by_weekday(published.windows), holidays | special)

    @property
    def always_open(self) -> bool:
        """Whether there is no closed instant at all."""
        return not self.dated and all(_whole_day(windows) for windows in self.weekly)


def by_weekday(windows: Iterable[tuple[int, int, int]]) -> tuple[Windows, ...]:
    """Windows of the week (day from Monday = 0, from, to in seconds; `to` may pass midnight) cut into their dates."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for day, start, end in windows:
        days[day].append((start * SECOND, min(end * SECOND, DAY)))
        if end * SECOND > DAY:
            days[(day + 1) % 7].append((0, end * SECOND - DAY))
    return tuple(tuple(sorted(day)) for day in days)


def overlapping(windows: Windows) -> bool:
    """Whether two windows of one date share an instant."""
    return any(later[0] < earlier[1] for earlier, later in pairwise(sorted(windows)))


def _whole_day(windows: Windows) -> bool:
    ends = [0, *(end for _, end in windows)]
    return [start for start, _ in windows] == ends[:-1] and ends[-1] == DAY
