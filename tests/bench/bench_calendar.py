"""The calendar: one deadline, a million at once, and JSON lines, beside bare bisection, searchsorted and pandas.

Every figure is the best of several turns, each turn doing all in the same order: on a machine that others use as well
the best turn is what the code costs.
"""

import random
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.offsets import CustomBusinessHour
from tests.bench.figures import Figure

from contracts import policy
from hours.calendar import Calendar
from hours.instants import instant, moment
from hours.open_time import ScheduledOpenTime
from hours.vectorised import Vectorised
from hours.zones import resolve_zone
from sla_timer.cli.cases import answer_after

ZONE = "America/New_York"
HOLIDAYS = ["2026-11-26", "2026-12-25"]
SINCE, UNTIL = instant(datetime(2026, 1, 1, tzinfo=UTC)), instant(datetime(2028, 1, 1, tzinfo=UTC))
WEEK = 40 * 3600 * 10**6
TURNS = 7
FEW, MANY, LINES = 20_000, 1_000_000, 20_000


async def run(_: object = None) -> list[Figure]:
    """Microseconds a call, and calls a second."""
    desk = _office()
    figures = [*_one_by_one(desk), *_at_once(desk), *_lines()]
    assert _agrees_with_pandas(desk)
    return figures


def _one_by_one(desk: Calendar) -> list[Figure]:
    open_time = desk.open_time
    assert isinstance(open_time, ScheduledOpenTime)
    _, _, opens, totals, _ = open_time.table(SINCE, UNTIL + 4 * WEEK)
    whens, amounts = [moment(at) for at in opens], [timedelta(microseconds=total) for total in totals]
    starts = [random.randrange(SINCE, UNTIL) for _ in range(FEW)]
    spans = [random.randrange(1, WEEK) for _ in range(FEW)]
    ends = [open_time.after(*pair) for pair in zip(starts, spans, strict=True)]
    goals = [open_time.between(opens[0], end) for end in ends]
    at, lasting = [moment(start) for start in starts], [timedelta(microseconds=span) for span in spans]
    reached = [timedelta(microseconds=goal) for goal in goals]
    pandas_starts = [pd.Timestamp(start) for start in at[:200]]
    hours = CustomBusinessHour(n=4, start="09:00", end="17:00", holidays=HOLIDAYS)
    best = _best(
        {
            "bare integers": lambda: _bare(opens, starts, totals, goals),
            "after": lambda: _each(open_time.after, starts, spans),
            "between": lambda: _each(open_time.between, starts, ends),
            "bare datetimes": lambda: _bare(whens, at, amounts, reached),
            "after, datetimes": lambda: _each(desk.after, at, lasting),
            "pandas": lambda: [start + hours for start in pandas_starts],
        }
    )
    cost = {name: seconds / (200 if name == "pandas" else FEW) * 1e6 for name, seconds in best.items()}
    integers, datetimes = "two bare bisections on integers", "two bare bisections on datetimes"
    return [
        Figure("one deadline, integers", cost["after"], "µs", integers, cost["bare integers"], "≤ 1 µs"),
        Figure("support time between, integers", cost["between"], "µs", integers, cost["bare integers"], "≤ 1 µs"),
        Figure("one deadline, datetimes", cost["after, datetimes"], "µs", datetimes, cost["bare datetimes"], "≤ 3 µs"),
        Figure("… beside pandas", cost["after, datetimes"], "µs", "CustomBusinessHour", cost["pandas"]),
    ]


def _at_once(desk: Calendar) -> list[Figure]:
    many, rng = Vectorised(desk.open_time), np.random.default_rng(1)
    starts, spans = rng.integers(SINCE, UNTIL, MANY), rng.integers(1, WEEK, MANY)
    ends = many.after(starts, spans)
    assert isinstance(desk.open_time, ScheduledOpenTime)
    _, _, opens, totals, _ = (np.array(column) for column in desk.open_time.table(SINCE, UNTIL))
    goals = many.between(np.full(MANY, opens[0]), ends)
    best = _best(
        {
            "bare after": lambda: (opens.searchsorted(starts, "right"), totals.searchsorted(goals)),
            "after": lambda: many.after(starts, spans),
            "bare between": lambda: (opens.searchsorted(starts, "right"), opens.searchsorted(ends, "right")),
            "between": lambda: many.between(starts, ends),
        }
    )
    speed = {name: MANY / seconds for name, seconds in best.items()}
    told, reach = "two bare searchsorted", "≥ 80 % of it"
    return [
        Figure("deadlines at once", speed["after"], "/s", told, speed["bare after"], reach),
        Figure("support times at once", speed["between"], "/s", told, speed["bare between"], reach),
    ]


def _lines() -> list[Figure]:
    windows = ", ".join(f'{{"day": {day}, "from": "09:00", "to": "17:00"}}' for day in range(5))
    lines = [
        f'{{"zone": "{ZONE}", "windows": [{windows}], "start": "{moment(random.randrange(SINCE, UNTIL)):%FT%T}Z", '
        f'"seconds": {random.randrange(WEEK) / 10**6}}}'.encode()
        for _ in range(LINES)
    ]
    best = _best({"lines": lambda: [answer_after(line) for line in lines]})
    seconds = best["lines"] * 100_000 / LINES
    return [Figure("punctual calendar after, 100,000 lines", seconds, "s", reach_for="well under a minute")]


def _office() -> Calendar:
    published = policy.Calendar(
        version="bench",
        zone=ZONE,
        windows=tuple((day, 9 * 3600, 17 * 3600) for day in range(5)),
        holidays=tuple(HOLIDAYS),
        special={},
        known_until=None,
    )
    return Calendar.of("bench", published, {ZONE: resolve_zone(ZONE, date(2040, 12, 31))})


def _agrees_with_pandas(desk: Calendar) -> bool:
    """It would be unfair to compare what doesn't compute the same."""
    hours = CustomBusinessHour(n=4, start="09:00", end="17:00", holidays=HOLIDAYS)
    received = pd.Timestamp("2026-11-25 16:00", tz=ZONE)
    return bool(desk.after(received.to_pydatetime(), timedelta(hours=4)) == received + hours)


def _bare(opens: list[Any], starts: list[Any], totals: list[Any], goals: list[Any]) -> None:
    for start, goal in zip(starts, goals, strict=True):
        bisect_right(opens, start)
        bisect_left(totals, goal)


def _each(function: Callable[[Any, Any], Any], one: list[Any], other: list[Any]) -> None:
    for first, second in zip(one, other, strict=True):
        function(first, second)


def _best(works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Seconds each takes in its best turn."""
    best = dict.fromkeys(works, float(sys.maxsize))
    for _ in range(TURNS):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            best[name] = min(best[name], time.perf_counter() - begun)
    return best
