"""Reads the audit log: one row for each change of an incident, of which only the columns that we need are kept."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from contracts.tickets import Severity

UNKNOWN = "?"
TIME = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})")
VERDICTS = ("true", "false")
SEVERITIES: dict[str, Severity] = {"1": 1, "2": 2, "3": 3, "4": 4}


class Unreadable(Exception):
    """The log can't be read: the line, the column, and what would help."""


class Row(NamedTuple):
    """An incident as it was after one of its changes, all as text: the columns of the log by the same names."""

    number: str
    incident_state: str
    priority: str
    sys_updated_at: str
    assigned_to: str
    made_sla: str
    reopen_count: str
    caller_id: str
    opened_at: str
    resolved_at: str
    closed_at: str
    contact_type: str
    location: str
    category: str
    subcategory: str
    u_symptom: str


class Clock:
    """Turns the log's local times into instants. The log names no zone; the person who imports it does."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self.read = lru_cache(1 << 16)(self._read)

    def _read(self, text: str) -> datetime:
        """The UTC instant of `29/2/2016 01:16`; of a time that comes twice, the first. Raises ValueError."""
        if not (found := TIME.fullmatch(text)):
            raise ValueError("not a whole time")
        date, month, year, hour, minute = map(int, found.groups())
        local = datetime(year, month, date, hour, minute, tzinfo=self._zone)
        return local.astimezone(UTC)


class Incident(NamedTuple):
    """All rows of an incident, in the order of the log; `lines`: where each stands in the file, from 1."""

    number: str
    rows: tuple[Row, ...]
    lines: tuple[int, ...]

    @property
    def last(self) -> Row:
        """Its last row."""
        return self.rows[-1]

    def severity(self, place: int) -> Severity:
        """The priority of a row, as ours. Raises Unreadable."""
        text = self.rows[place].priority
        if text[:1] not in SEVERITIES:
            raise self.unreadable(place, "priority", "write a priority such as 3 - Moderate")
        return SEVERITIES[text[0]]

    def at(self, place: int, column: str, clock: Clock) -> datetime:
        """The instant in a column of a row. Raises Unreadable."""
        try:
            return clock.read(getattr(self.rows[place], column))
        except ValueError:
            raise self.unreadable(place, column, "write a time such as 29/2/2016 01:16") from None

    def unreadable(self, place: int, column: str, fix: str) -> Unreadable:
        """What is wrong with a value, and what would help."""
        return Unreadable(f"line {self.lines[place]}: {column} is {getattr(self.rows[place], column)!r}; {fix}")


def incidents(lines: Iterable[str]) -> Iterator[Incident]:
    """The incidents of a CSV file with a header, whose rows stand incident by incident. Raises Unreadable."""
    reader = csv.reader(lines)
    header = next(reader, [])
    if header:
        header[0] = header[0].removeprefix("\ufeff")  # Excel's "CSV UTF-8" begins with it
    if len(header) == 1 and header[0].count(";") >= len(Row._fields):
        raise Unreadable("line 1: its columns are separated by semicolons; export them with commas")
    if missing := [name for name in Row._fields if name not in header]:
        raise Unreadable(f"line 1: no column {', '.join(missing)}; export the incident log with its header")
    places = [header.index(name) for name in Row._fields]
    seen: set[str] = set()
    for number, found in groupby(_rows(reader, places, len(header)), key=lambda numbered: numbered[1].number):
        each = list(found)
        if number in seen:
            raise Unreadable(f"line {each[0][0]}: more of {number} after another incident; sort by number, then time")
        seen.add(number)
        yield Incident(number, tuple(row for _, row in each), tuple(line for line, _ in each))


def _rows(reader: Iterator[list[str]], places: list[int], width: int) -> Iterator[tuple[int, Row]]:
    for line, values in enumerate(reader, 2):
        if len(values) != width:
            raise Unreadable(f"line {line}: {len(values)} columns, and the header has {width}")
        row = Row(*(values[place] for place in places))
        if not row.number:
            raise Unreadable(f"line {line}: number is empty; each row names its incident")
        if row.made_sla not in VERDICTS:
            raise Unreadable(f"line {line}: made_sla is {row.made_sla!r}; write true or false")
        yield line, row
