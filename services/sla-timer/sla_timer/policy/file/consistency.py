"""Checks between the parts of a policy file, as far as each part can be read by itself.

A mistake in one part must not hide those between others. Pydantic's model validators would: they run only if every
part is valid.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar, get_args

import holidays
from pydantic import TypeAdapter, ValidationError

from contracts.tickets import Severity
from hours.schedule import by_weekday, overlapping
from sla_timer.policy.fields import DAYS, Date, PositiveDuration
from sla_timer.policy.file.hours import MIDNIGHT_SECONDS, Hours, Window
from sla_timer.policy.file.messages import choices
from sla_timer.policy.file.problems import Path
from sla_timer.policy.file.shape import LadderEntry, RungEntry
from sla_timer.policy.wording import duration, shortened

T = TypeVar("T")
Found = Iterator[tuple[Path, str]]

ANSWERS = ("response", "objective")
"""The two forms of a first answer: each severity has one of them."""

HOURS: TypeAdapter[Hours] = TypeAdapter(Hours)
WINDOW: TypeAdapter[Window] = TypeAdapter(Window)
RUNG: TypeAdapter[RungEntry] = TypeAdapter(RungEntry)
DATE: TypeAdapter[date] = TypeAdapter(Date)
DELAY: TypeAdapter[timedelta] = TypeAdapter(PositiveDuration)
DAILY: timedelta = LadderEntry.model_fields["every"].default


def disagreements(data: Any) -> Found:
    """The path of each problem, and what is wrong there. `data`: plain data of any shape."""
    yield from _dates(data)
    yield from _calendars_named(data)
    yield from _answers(_mapping(data, "metrics"))
    calendars = _mapping(data, "calendars")
    for name in (name for name, calendar in calendars.items() if isinstance(calendar, Mapping)):
        for check in (_one_zone, _windows, _special, _holidays):
            for path, message in check(calendars[name]):
                yield ("calendars", name, *path), message
    yield from _ladder(_mapping(data, "ladders", "breach"))


def _dates(data: Any) -> Found:
    since, until = (_read(DATE, _mapping(data).get(key)) for key in ("since", "until"))
    if since and until and until < since:
        yield ("until",), f"until {until} lies before since {since}; name a later date"


def _calendars_named(data: Any) -> Found:
    calendars = list(map(str, _mapping(data, "calendars")))
    listed = isinstance(_mapping(data).get("calendars"), Mapping)
    for path in [("tiers", tier) for tier in _mapping(data, "tiers")] + [("feedback",)]:
        calendar = _mapping(data, *path).get("calendar")
        if isinstance(calendar, str) and listed and calendar not in calendars:
            yield (*path, "calendar"), f"there is no calendar {calendar!r}; {choices(calendar, calendars)}"


def _answers(metrics: Mapping[Any, Any]) -> Found:
    targets = [_mapping(metrics, metric, "targets") for metric in ANSWERS]
    odd = [key for keys in targets for key in keys if not _is_severity(key)]
    for severity in get_args(Severity):
        promised = [metric for metric, keys in zip(ANSWERS, targets, strict=True) if _has(keys, severity)]
        if metrics and len(promised) != 1 and not any(key == severity or key == str(severity) for key in odd):
            said = " and ".join(promised) or "no metric"
            yield ("metrics",), f"severity {severity} has a target in {said}; give it one, in response or objective"
    response, objective = (_mapping(metrics, metric) for metric in ANSWERS)
    if response and objective and response.get("pauses", []) != objective.get("pauses", []):
        yield ("metrics",), "response and objective are one clock in two forms; let both pause, or neither"


def _one_zone(calendar: Mapping[Any, Any]) -> Found:
    if (calendar.get("zone") is None) == (calendar.get("offset") is None):
        yield (), "name either a zone, such as America/New_York, or a fixed offset, such as '-05:00'"


def _windows(calendar: Mapping[Any, Any]) -> Found:
    windows = [window for entry in _list(calendar.get("windows")) if (window := _read(WINDOW, entry))]
    days = by_weekday(part for window in windows for part in window.resolved)
    if clashes := [DAYS[day] for day, parts in enumerate(days) if overlapping(parts)]:
        yield ("windows",), f"windows overlap on {', '.join(clashes)}; cut them so that each ends before the next"


def _special(calendar: Mapping[Any, Any]) -> Found:
    for on, entries in _mapping(calendar, "special").items():
        hours = [window for entry in _list(entries) if (window := _read(HOURS, entry))]
        if any(window.end <= window.start for window in hours):
            yield ("special", on), f"special hours of {on} end by 24:00; write what lies beyond on the next date"
        if overlapping(
            tuple((window.start, window.end if window.end > window.start else MIDNIGHT_SECONDS) for window in hours)
        ):
            yield ("special", on), f"special hours of {on} overlap; cut them so that each ends before the next"


def _holidays(calendar: Mapping[Any, Any]) -> Found:
    listed = _mapping(calendar, "holidays")
    until = _read(DATE, listed.get("known_until"))
    dates = [on for entry in _list(listed.get("dates")) if (on := _read(DATE, entry))]
    if beyond := sorted({str(on) for on in dates if until and on > until}):
        lies = "lies" if len(beyond) == 1 else "lie"
        yield ("holidays", "dates"), f"{shortened(beyond)} {lies} beyond known_until {until}; name a later one"
    country, subdivision = listed.get("country"), listed.get("subdivision")
    if isinstance(subdivision, str) and country is None:
        yield ("holidays", "subdivision"), f"{subdivision!r} is a subdivision of what? Add its country, such as US"
    elif isinstance(subdivision, str) and isinstance(country, str):
        known = holidays.list_supported_countries().get(country)
        if known is not None and subdivision not in known:
            has = ", ".join(known) or "none: leave it out"
            yield ("holidays", "subdivision"), f"unknown subdivision {subdivision!r} of {country}; it has {has}"


def _ladder(ladder: Mapping[Any, Any]) -> Found:
    rungs = [rung for entry in _list(ladder.get("rungs")) if (rung := _read(RUNG, entry))]
    whole = len(rungs) == len(_list(ladder.get("rungs")))
    at: Path = ("ladders", "breach")
    roles, delays = [rung.role for rung in rungs], [rung.after for rung in rungs]
    if twice := sorted({role for role in roles if roles.count(role) > 1}):
        yield (*at, "rungs"), f"the ladder loops: it comes back to {', '.join(twice)}; name each once and use rounds"
    if delays != sorted(delays) or (whole and delays and delays[0]):
        yield (*at, "rungs"), "delays count from the breach: the first is 0m, and none is below the one before"
    rounds, every = ladder.get("rounds", 1), _read(DELAY, ladder["every"]) if "every" in ladder else DAILY
    if isinstance(rounds, int) and rounds > 1 and every and delays and every <= max(delays):
        last = duration(max(delays))
        yield (*at, "every"), f"the ladder loops into itself; let every exceed its last delay, {last}"


def _read(kind: TypeAdapter[T], value: Any) -> T | None:
    """The value; None if it can't be read, which another check reports."""
    try:
        return kind.validate_python(value)
    except ValidationError:
        return None


def _has(keys: Mapping[Any, Any], severity: int) -> bool:
    return any(_is_severity(key) and key == severity for key in keys)


def _is_severity(key: Any) -> bool:
    return isinstance(key, int) and not isinstance(key, bool)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(data: Any, *path: Any) -> Mapping[Any, Any]:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}
