"""The recorded outcomes of very many tickets' clocks, from the service's read model and log."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from contracts.sla import Metric
from sla_timer.history.verdict import STATES
from sla_timer.policy.promise import ALL_KINDS, Kind, kind_of
from sla_timer.what_if.columns import HEADER, TRAILER, Codes
from sla_timer.what_if.vectorised import CODES

METRICS: Final[tuple[Metric, ...]] = ("response", "objective", "next-reply", "update", "resolution")
RECORD: Final = np.dtype(
    [
        *(("columns", ">i2"), ("length_ticket", ">i4"), ("hi", ">u8"), ("lo", ">u8")),
        *(("length_metric", ">i4"), ("metric", ">i2"), ("length_state", ">i4"), ("state", ">i2")),
    ]
)
_METRICS, _STATES = ("ARRAY['" + "', '".join(names) + "']" for names in (METRICS, STATES))
COPYING: Final = (
    f"SELECT ticket_id, (array_position({_METRICS}, metric) - 1)::int2, "  # noqa: S608 - the code's own names
    f"coalesce(array_position({_STATES}, state) - 1, 0)::int2 FROM clocks"
)
OWED_REPEATEDLY: Final[tuple[Kind, ...]] = ("next-reply", "update")
"""Kinds that are owed repeatedly: the read model shows only the last round, so earlier breaches come from the log."""
BREACHES: Final = """
SELECT substring(stream_id FROM 7 FOR 36)::uuid, substring(stream_id FROM 44) FROM events
WHERE type IN ('sla.breached', 'sla.breach-retracted')
    AND (stream_id LIKE 'clock-%-next-reply' OR stream_id LIKE 'clock-%-update')
GROUP BY 1, 2 HAVING sum(CASE type WHEN 'sla.breached' THEN 1 ELSE -1 END) > 0
"""

Halves = NDArray[np.uint64]
Found = tuple[Halves, Halves, Codes]


class Recorded:
    """The codes of recorded outcomes, by kind of clock and ticket."""

    def __init__(self, data: bytes, breaches: Sequence[Any] = ()) -> None:
        records = np.frombuffer(data, RECORD, count=(len(data) - HEADER - TRAILER) // RECORD.itemsize, offset=HEADER)
        kinds = np.array([ALL_KINDS.index(kind_of(metric)) for metric in METRICS])[records["metric"]]
        self._by_kind: dict[Kind, Found] = {}
        for n, kind in enumerate(ALL_KINDS):
            chosen = records[kinds == n]
            if chosen.size:
                self._by_kind[kind] = _once(chosen)
        for ticket, kind in breaches:
            self._breached(kind, ticket.int >> 64, ticket.int & (1 << 64) - 1)

    def of(self, kind: Kind, hi: Halves, lo: Halves) -> Codes:
        """The codes of these tickets; `nothing` for a ticket without a clock of the kind."""
        codes = np.full(hi.size, CODES["nothing"], np.int8)
        if kind not in self._by_kind:
            return codes
        its_hi, its_lo, found = self._by_kind[kind]
        places = np.minimum(its_hi.searchsorted(hi), its_hi.size - 1)
        # Tickets whose ids have the same first half are neighbours.
        while (onward := (its_hi[places] == hi) & (its_lo[places] < lo) & (places + 1 < its_hi.size)).any():
            following = places + 1
            onward &= its_hi[np.minimum(following, its_hi.size - 1)] == hi
            if not onward.any():
                break
            places = np.where(onward, following, places)
        there = (its_hi[places] == hi) & (its_lo[places] == lo)
        codes[there] = found[places[there]]
        return codes

    def _breached(self, kind: Kind, hi: int, lo: int) -> None:
        its_hi, its_lo, found = self._by_kind[kind]
        [places] = np.nonzero((its_hi == hi) & (its_lo == lo))
        found[places] = CODES["breached"]


def _once(records: NDArray[Any]) -> Found:
    """One code for each ticket, ordered by id. Where one promise replaced another, the void one is left out."""
    hi, lo = records["hi"].astype(np.uint64), records["lo"].astype(np.uint64)
    codes = records["state"].astype(np.int8)
    void = np.isin(codes, (CODES["cancelled"], CODES["nothing"]))
    order = np.lexsort((void, lo, hi))
    hi, lo, codes = hi[order], lo[order], codes[order]
    first = np.ones(hi.size, np.bool_)
    first[1:] = (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
    return hi[first], lo[first], codes[first]
