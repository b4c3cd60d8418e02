"""Tables as CSV (RFC 4180), for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A cell that begins so may be run as a formula when a spreadsheet opens the file."""


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table with a line of its columns' names first."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
