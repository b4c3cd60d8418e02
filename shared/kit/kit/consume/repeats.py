"""Records that come again: whether they are the ones that were applied, or another past under the same numbers.

A consumer keeps the id of the last event it applied, and no others. Each record names the one before it, so a run of
repeated records is proven as soon as it reaches that last one. A run that ends short of it proves nothing: a relay that
was cut off leaves such a run, and so does a service whose database went back in time and that goes another way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.wire import Envelope
from kit.store.values import Cursor


@dataclass(frozen=True, slots=True)
class Run:
    """The last of a run of repeated records, and the real seconds at which it came."""

    seq: int
    event_id: UUID
    since: float


class Repeats:
    """The runs of one partition that are not proven yet."""

    def __init__(self) -> None:
        self.runs: tuple[Run, ...] = ()

    def add(self, envelope: Envelope, cursor: Cursor, now: float) -> str | None:
        """Take note of a record whose number was applied before; what contradicts it, if it is of another past."""
        seq, event_id, previous = envelope.shard_seq, envelope.event_id, envelope.previous
        if seq == cursor.seq and cursor.event_id and event_id != cursor.event_id:
            return f"event {seq} is {event_id}, but the one applied here was {cursor.event_id}"
        for run in self.runs:
            if run.seq == seq and run.event_id != event_id:
                return f"event {seq} is {event_id}, but was {run.event_id} before"
            if run.seq == seq - 1 and run.event_id != previous:
                return f"event {seq} follows {previous}, but the one before it was {run.event_id}"
        # A run ends where this one began, or where it stands now: both are one from here on.
        others = tuple(run for run in self.runs if run.seq not in (seq - 1, seq))
        self.runs = others if seq == cursor.seq else (*others, Run(seq, event_id, now))
        return None

    def compare(self, applied: dict[int, UUID]) -> str | None:
        """Hold the runs against the ids that were applied, as far as they are known; what contradicts them."""
        for run in self.runs:
            if applied.get(run.seq, run.event_id) != run.event_id:
                return f"event {run.seq} is {run.event_id}, but the one applied here was {applied[run.seq]}"
        self.runs = tuple(run for run in self.runs if run.seq not in applied)
        return None


def applied_before(records: Iterable[Envelope], cursor: Cursor) -> dict[int, UUID]:
    """The ids of the events that were applied, by number: followed back from the last one, as far as records reach."""
    known = {record.event_id: record for record in records}
    applied: dict[int, UUID] = {}
    at = cursor.event_id
    while at is not None and (record := known.get(at)) and record.shard_seq not in applied:
        applied[record.shard_seq] = at
        at = record.previous
    return applied


def first_offset(lowest: int, cursor: Cursor) -> int:
    """From which Kafka offset on event `lowest` is to be looked for: it can't lie before.

    Each event before it has an offset of its own, unless the topic doesn't go back that far.
    """
    highest = cursor.koffset - 1 - (cursor.seq - lowest)
    return lowest - 1 if lowest - 1 <= highest else 0
