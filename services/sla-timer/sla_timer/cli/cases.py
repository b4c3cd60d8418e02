"""Cases for `punctual calendar`: support hours, a start, and either seconds of open time or an end."""

import re
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException

import msgspec

from contracts.rfc3339 import read_instant, write_instant
from hours.instants import LATEST, SECOND, instant, moment
from hours.open_time import OpenTime
from sla_timer.cli import hours
from sla_timer.cli.lines import BadLine, decoded, hinted, shortened
from sla_timer.cli.shelf import Shelf

AN_INSTANT = "write an instant such as 2026-07-13T13:30:00.000001Z"
HINTS = hours.HINTS | {
    "start": AN_INSTANT,
    "end": AN_INSTANT,
    "seconds": "write a number from 0 on, such as 14400.5",
}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Support hours and a start. The raw JSON of windows and dates is compiled once for all cases that share it."""

    windows: msgspec.Raw
    start: hours.Short
    zone: hours.Short | None = None
    offset: hours.Short | None = None
    holidays: msgspec.Raw = msgspec.Raw(b"[]")
    special: msgspec.Raw = msgspec.Raw(b"{}")


class After(Case, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Asks when so many seconds of open time have passed."""

    seconds: msgspec.Raw
    end: msgspec.Raw = msgspec.Raw(b"null")


class Between(Case, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Asks how many seconds are open until `end`."""

    end: hours.Short
    seconds: msgspec.Raw = msgspec.Raw(b"null")


CALENDARS = Shelf(hours.compiled)
AFTER, BETWEEN = msgspec.json.Decoder(After), msgspec.json.Decoder(Between)


def answer_after(line: bytes) -> bytes:
    """`{"at": …}`. Raises BadLine."""
    case: After = decoded(AFTER, line, HINTS)
    start, support_time, open_time = _instant("start", case.start), _microseconds(case.seconds), _open_time(case)
    try:
        at = open_time.after(start, support_time)
    except OverflowError:
        at = LATEST + 1
    if at > LATEST:
        raise BadLine("seconds: they are not over before the year 10000; write fewer, or open longer")
    return b'{"at": "%b"}' % write_instant(moment(at)).encode()


def answer_between(line: bytes) -> bytes:
    """`{"seconds": …}`, negative where the end lies before the start. Raises BadLine."""
    case: Between = decoded(BETWEEN, line, HINTS)
    start, end = _instant("start", case.start), _instant("end", case.end)
    return b'{"seconds": %b}' % _number(_open_time(case).between(start, end)).encode()


def _instant(field: str, text: str) -> int:
    try:
        return instant(read_instant(text))
    except ValueError as error:
        raise hinted(field, error, HINTS) from None


def _microseconds(raw: msgspec.Raw) -> int:
    """A JSON number in seconds as microseconds, exactly; digits beyond them, as floats have them, to the nearest."""
    text = bytes(raw).decode(errors="replace")
    if text.isdecimal() and len(text) < 13:
        return int(text) * SECOND
    if not re.fullmatch(r"-?[0-9][-+.0-9eE]*", text):
        raise hinted("seconds", f"{shortened(text)} is no number", HINTS)
    try:
        seconds = Decimal(text)
        if 0 <= seconds <= LATEST:
            return int((seconds * SECOND).to_integral_value(ROUND_HALF_EVEN))
    except DecimalException:
        raise hinted("seconds", f"{shortened(text)} has more digits than can be counted with", HINTS) from None
    wrong = "less than nothing" if seconds < 0 else "longer than the calendar reaches"
    raise hinted("seconds", f"{shortened(text)} is {wrong}", HINTS)


def _number(microseconds: int) -> str:
    """Microseconds as seconds, exactly."""
    seconds, rest = divmod(abs(microseconds), SECOND)
    sign = "-" if microseconds < 0 else ""
    return f"{sign}{seconds}" + (f".{rest:06}".rstrip("0") if rest else "")


def _open_time(case: Case) -> OpenTime:
    return CALENDARS.take(case.zone, case.offset, bytes(case.windows), bytes(case.holidays), bytes(case.special))
