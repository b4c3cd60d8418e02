"""Field types of policy files: durations, times of day, days of the week, offsets. Each error says how to write it."""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

LONGEST_DURATION = timedelta(days=3653)
MAX_WORDS_CHARACTERS = 500
"""Limit for a text that is shown beside a field of a form."""
EARLIEST_DATE, LATEST_DATE = date(1970, 1, 1), date(2199, 12, 31)

OFFSET = r"^[+-]([01]\d|2[0-3]):[0-5]\d$"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _duration(value: Any) -> timedelta:
    text = str(value).replace(" ", "")
    found = re.fullmatch(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", text, re.ASCII)
    if text.startswith(("-", "−")):
        raise ValueError(f"{value!r} is less than nothing; write a duration such as 1h30m")
    if not text or not found:
        raise ValueError(f"{value!r} is no duration; write hours, minutes and seconds, such as 1h30m, 45m or 24h")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if span > LONGEST_DURATION:
        raise ValueError(f"{value!r} is longer than ten years; write a duration such as 1h30m")
    return span


def _positive(value: Any) -> timedelta:
    duration = _duration(value)
    if not duration:
        raise ValueError("nothing can be done in no time; write a duration such as 1h30m")
    return duration


def time_of_day(value: Any) -> int:
    """Seconds since midnight, from `09:00` to `24:00`. Raises ValueError."""
    found = re.fullmatch(r"(\d\d):(\d\d)", value, re.ASCII) if isinstance(value, str) else None
    hours, minutes = map(int, found.groups()) if found else (99, 0)
    if minutes > 59 or (hours, minutes) > (24, 0):
        raise ValueError(f"{value!r} is no time of day; write it in quotes from '00:00' to '24:00'")
    return hours * 3600 + minutes * 60


def _date(value: Any) -> date:
    """A date. Numbers are refused, whatever they might count."""
    try:
        on = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no date; write it as 2026-12-25") from None
    if not EARLIEST_DATE <= on <= LATEST_DATE:
        raise ValueError(f"{on} is beyond what can be known; write a date from {EARLIEST_DATE} to {LATEST_DATE}")
    return on


def _days(value: Any) -> tuple[int, ...]:
    if value == []:
        raise ValueError("a window on no day never opens; name one, a range such as mon-fri, or a list")
    if isinstance(value, list):
        return tuple(sorted({day for part in value for day in _days(part)}))
    first, dash, last = str(value).lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"{value!r} is no day; write one of {', '.join(DAYS)}, a range such as mon-fri, or a list")
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 if dash else 0
    return tuple(sorted((start + n) % 7 for n in range(length + 1)))


def _offset(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(OFFSET, value, re.ASCII):
        raise ValueError(f"{value!r} is no offset; write it in quotes, such as '-05:00', or name a zone instead")
    return value


def _rules(value: Any) -> tuple[str, ...]:
    rules = value if isinstance(value, list) else [value]
    for rule in rules:
        if not isinstance(rule, str) or not re.fullmatch(r"P\d+", rule, re.ASCII):
            raise ValueError(f"{rule!r} is no rule; write it as P10, or several as [P17, P19]")
    return tuple(rules)


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("a name can't be empty; write one")
    return value


def _words(value: str) -> str:
    words = " ".join(value.split())
    if not words:
        raise ValueError("there is nothing in it; write some words, or leave it out")
    if len(words) > MAX_WORDS_CHARACTERS:
        raise ValueError(f"these are {len(words)} characters; say it in {MAX_WORDS_CHARACTERS}")
    return words


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if twice := sorted({str(value) for value in values if values.count(value) > 1}):
        raise ValueError(f"{', '.join(twice)} is said twice; say it once")
    return values


DURATION = {"type": "string", "pattern": "^([0-9]+h)? ?([0-9]+m)? ?([0-9]+s)?$", "examples": ["1h30m"]}
TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "examples": ["09:00"]}
NAMED_DAYS = {"type": "string", "pattern": "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"}
RULE = {"type": "string", "pattern": "^P[0-9]+$"}

Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema(DURATION)]
PositiveDuration = Annotated[timedelta, BeforeValidator(_positive), WithJsonSchema(DURATION)]
TimeOfDay = Annotated[int, BeforeValidator(time_of_day), WithJsonSchema(TIME)]
"""Seconds since midnight."""
Days = Annotated[
    tuple[int, ...],
    BeforeValidator(_days),
    WithJsonSchema({"anyOf": [NAMED_DAYS, {"type": "array", "items": NAMED_DAYS, "minItems": 1}]}),
]
"""Weekdays, Monday being 0."""
Offset = Annotated[str, BeforeValidator(_offset), WithJsonSchema({"type": "string", "pattern": OFFSET})]
Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Count = Annotated[int, Field(strict=True, gt=0)]
Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": r"\S"})]
Words = Annotated[
    str, AfterValidator(_words), WithJsonSchema({"type": "string", "pattern": r"\S", "maxLength": MAX_WORDS_CHARACTERS})
]
"""Some sentences, joined to one line."""
Once = AfterValidator(_once)
"""Nothing is in the list twice."""
Rules = Annotated[
    tuple[str, ...],
    BeforeValidator(_rules),
    WithJsonSchema({"anyOf": [RULE, {"type": "array", "items": RULE}]}),
]
"""The rules of the support policy that an entry follows."""
