"""The hours of a week as people say them, whatever windows the policy cuts them into."""

from collections.abc import Iterable
from itertools import pairwise

DAY_SECONDS = 86_400

Day = tuple[tuple[int, int], ...]
"""From and to in seconds since midnight; `to` beyond the next midnight where a night belongs together."""


def joined(windows: Iterable[tuple[int, int, int]]) -> tuple[Day, ...]:
    """The windows (day from Monday = 0, from, to in seconds) by day: without seams, and nights with their evening."""
    dates: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for day, start, end in windows:
        dates[day].append((start, min(end, DAY_SECONDS)))
        if end > DAY_SECONDS:
            dates[(day + 1) % 7].append((0, end - DAY_SECONDS))
    merged = [_merged(date) for date in dates]
    nights = [_runs_on(today, merged[(day + 1) % 7]) for day, today in enumerate(merged)]
    return tuple(
        _with_morning(today[1:] if nights[day - 1] else today, merged[(day + 1) % 7] if nights[day] else ())
        for day, today in enumerate(merged)
    )


def _merged(windows: list[tuple[int, int]]) -> Day:
    ordered = sorted(windows)
    seams = {end for (_, end), (start, _) in pairwise(ordered) if end == start}
    starts = [start for start, _ in ordered if start not in seams]
    ends = [end for _, end in ordered if end not in seams]
    return tuple(zip(starts, ends, strict=True))


def _runs_on(evening: Day, morning: Day) -> bool:
    """Whether the hours run on over midnight, and neither end is a whole day."""
    if not evening or not morning:
        return False
    (start, end), (begins, closes) = evening[-1], morning[0]
    return end == DAY_SECONDS and begins == 0 and start > 0 and closes < DAY_SECONDS


def _with_morning(today: Day, tomorrow: Day) -> Day:
    return (*today[:-1], (today[-1][0], DAY_SECONDS + tomorrow[0][1])) if tomorrow else today
