"""Public holidays by country, from the `holidays` library, and the weekend days that are worked in exchange."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import holidays

from sla_timer.policy.file.hours import MIDNIGHT_SECONDS, Holidays

Week = Mapping[int, Sequence[tuple[int, int]]]
"""Windows by weekday (Monday = 0), from and to in seconds since its midnight; `to` may pass the next midnight."""
Windows = list[list[int]]
"""The open hours of one date, from and to in seconds since its midnight."""
DAY = timedelta(days=1)


def holidays_of(listed: Holidays, since: date) -> list[str]:
    """Every holiday up to the last date known; those of a country from `since` on."""
    dates = set(listed.dates)
    if listed.country:
        years = range(since.year, listed.known_until.year + 1)
        dates |= set(holidays.country_holidays(listed.country, subdiv=listed.subdivision, years=years))
    return sorted(on.isoformat() for on in dates if on <= listed.known_until)


def exchanged(listed: Holidays, windows: Sequence[Sequence[int]], since: date, said: set[date]) -> dict[str, Windows]:
    """Special hours for weekend days that are worked in exchange for a holiday: those of an ordinary working day.

    `windows`: of the week (day, from, to). `said`: dates with special hours of their own, which are left out, as are
    the holidays that the file lists.
    """
    if not listed.country:
        return {}
    # A day may be worked in exchange for a holiday of the next year.
    years = range(since.year, listed.known_until.year + 2)
    known = holidays.country_holidays(listed.country, subdiv=listed.subdivision, years=years)
    week = {day: sorted((opens, closes) for on, opens, closes in windows if on == day) for day in range(7)}
    ordinary = _ordinary(week, known.weekend)
    worked = {on for on in known.weekend_workdays if since.year <= on.year and on <= listed.known_until}
    begun = {on: ordinary for on in worked - said - set(listed.dates) if ordinary}
    resting = set(map(date.fromisoformat, holidays_of(listed, since))) - begun.keys()
    concerned = sorted({*begun, *(on + DAY for on in begun)} - resting - said)
    hours = ((on, _open(on, week, begun)) for on in concerned)
    return {on.isoformat(): opens for on, opens in hours if opens != _open(on, week, {})}


def _ordinary(week: Week, weekend: set[int]) -> Sequence[tuple[int, int]]:
    """The hours that most working days have, of equally frequent ones the first; empty if no working day opens."""
    worked = Counter(tuple(week[day]) for day in range(7) if day not in weekend and week[day])
    return max(worked, key=lambda hours: worked[hours], default=())


def _open(on: date, week: Week, begun: Mapping[date, Sequence[tuple[int, int]]]) -> Windows:
    """The open hours of a date. `begun`: what opens on these dates instead of their weekday's windows."""
    before = begun.get(on - DAY, week[(on - DAY).weekday()])
    over_midnight = [(0, closes - MIDNIGHT_SECONDS) for _, closes in before if closes > MIDNIGHT_SECONDS]
    own = [(opens, min(closes, MIDNIGHT_SECONDS)) for opens, closes in begun.get(on, week[on.weekday()])]
    return [list(window) for window in _joined(sorted([*over_midnight, *own]))]


def _joined(windows: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The windows, with those that overlap or touch joined."""
    since, until = 0, 0
    for opens, closes in windows:
        if opens > until:
            if until > since:
                yield since, until
            since = opens
        until = max(until, closes)
    if until > since:
        yield since, until
