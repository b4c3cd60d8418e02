"""The facts of very many tickets as NumPy columns, read from a binary COPY without an object for each fact."""

from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from contracts.tickets import Tier
from hours.instants import SECOND
from sla_timer.facts.restored import CLASSES
from sla_timer.facts.row import TABLE

Micros = NDArray[np.int64]
Codes = NDArray[np.int8]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

PARTITIONS: Final = 16
"""How many partitions by ticket the table has; they are read one after the other."""
TYPES: Final = tuple(sorted(CLASSES))
"""The types of facts; the code of a type is its index here."""
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
UNKNOWN: Final = -1
"""The code of an agreed calendar that the policy doesn't have; 0: none is agreed; n: the n-th of the policy's."""
SINCE_2000: Final = 946_684_800 * SECOND
"""In microseconds since 1970: PostgreSQL counts from 2000-01-01."""
HEADER, TRAILER = 19, 2
"""Bytes before and after the rows of a binary COPY."""

_FIELDS: Final = (
    ("ticket_hi", ">u8"),
    ("ticket_lo", ">u8"),
    ("seq", ">i8"),
    ("at", ">i8"),
    ("kind", ">i2"),
    ("severity", ">i2"),
    ("tier", ">i2"),
    ("calendar", ">i2"),
    ("said", ">i2"),
    ("flags", ">i2"),
    ("account_hi", ">u8"),
    ("account_lo", ">u8"),
)
_WITHOUT_LENGTH: Final = {"ticket_lo", "account_lo"}
"""The second halves of UUIDs."""


def _record() -> np.dtype[Any]:
    """The layout of a row in a binary COPY: the number of columns, then each after its length, which is fixed."""
    layout: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in _FIELDS:
        if name not in _WITHOUT_LENGTH:
            layout.append((f"length_{name}", ">i4"))
        layout.append((name, kind))
    return np.dtype(layout)


RECORD: Final = _record()
_QUOTED = "ARRAY['{}']"


def copying(part: int) -> str:
    """SQL that reads a partition. `$1`: the names of the policy's calendars; `$2`: the types of facts wanted."""
    types = _QUOTED.format("', '".join(TYPES))
    tiers = _QUOTED.format("', '".join(TIERS))
    nobody = "'00000000-0000-0000-0000-000000000000'::uuid"
    return (
        "SELECT ticket_id, seq, recorded_at, "  # noqa: S608 - the code's own names
        f"(array_position({types}, type) - 1)::int2, "
        f"coalesce(severity, 0)::int2, coalesce(array_position({tiers}, tier) - 1, 0)::int2, "
        "(CASE WHEN calendar IS NULL THEN 0 ELSE coalesce(array_position($1::text[], calendar), -1) END)::int2, "
        f"said::int2, flags::int2, coalesce(account_id, {nobody}) "
        f"FROM {TABLE}_{part} WHERE type = ANY($2::text[])"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Facts, ordered by ticket and then by time. A UUID is split into two halves; `at`: UTC microseconds since 1970.

    `first`: for each ticket, the index of its first fact; `ticket`: for each fact, the index of its ticket in `first`.
    """

    ticket_hi: NDArray[np.uint64]
    ticket_lo: NDArray[np.uint64]
    at: Micros
    kind: Codes
    severity: Codes
    tier: Codes
    calendar: NDArray[np.int16]
    said: Codes
    flags: Codes
    account_hi: NDArray[np.uint64]
    account_lo: NDArray[np.uint64]
    first: Places
    ticket: Places


def from_copy(data: bytes, until: int) -> Columns:
    """From a binary COPY, without the facts recorded after `until`."""
    records = np.frombuffer(data, RECORD, count=(len(data) - HEADER - TRAILER) // RECORD.itemsize, offset=HEADER)
    if records.size and (records["columns"] != len(_FIELDS) - len(_WITHOUT_LENGTH)).any():
        raise AssertionError("the database sends these rows in another form")
    records = records[records["at"] <= until - SINCE_2000]
    return sorted_columns({name: np.asarray(records[name]) for name, _ in _FIELDS}, SINCE_2000)


def sorted_columns(raw: dict[str, NDArray[Any]], epoch: int = 0) -> Columns:
    """From columns in any order."""
    hi, lo, seq = raw["ticket_hi"].astype(np.uint64), raw["ticket_lo"].astype(np.uint64), raw["seq"].astype(np.int64)
    order = np.lexsort((seq, lo, hi))
    hi, lo = hi[order], lo[order]
    begins = np.ones(hi.size, np.bool_)
    begins[1:] = (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
    return Columns(
        ticket_hi=hi,
        ticket_lo=lo,
        at=raw["at"].astype(np.int64)[order] + epoch,
        kind=raw["kind"].astype(np.int8)[order],
        severity=raw["severity"].astype(np.int8)[order],
        tier=raw["tier"].astype(np.int8)[order],
        calendar=raw["calendar"].astype(np.int16)[order],
        said=raw["said"].astype(np.int8)[order],
        flags=raw["flags"].astype(np.int8)[order],
        account_hi=raw["account_hi"].astype(np.uint64)[order],
        account_lo=raw["account_lo"].astype(np.uint64)[order],
        first=np.flatnonzero(begins),
        ticket=np.cumsum(begins) - 1,
    )
