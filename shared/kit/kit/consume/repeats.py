"""Whether repeated records are those that were applied, or other events under the same numbers.

A consumer keeps only the id of the last event it applied. Each record names the event before it, so a run of repeated
records is proven once it reaches that last event. A run that ends before it proves nothing: a relay that was cut off
leaves such a run, and so does a service whose database went back in time and that then recorded other events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.wire import Envelope
from kit.store.values import Cursor


@dataclass(frozen=True, slots=True)
class Run:
    """The last record of a run of repeated ones, and when it came, in elapsed real seconds."""

    seq: int
    event_id: UUID
    since: float


class Repeats:
    """The runs of one partition that are not proven yet."""

    def __init__(self) -> None:
        self.runs: tuple[Run, ...] = ()

    def add(self, envelope: Envelope, cursor: Cursor, now: float) -> str | None:
        """Add a record whose number was applied before. Returns what contradicts it; None: nothing does so far."""
        seq, event_id, previous = envelope.shard_seq, envelope.event_id, envelope.previous
        if seq == cursor.seq and cursor.event_id and event_id != cursor.event_id:
            return f"event {seq} is {event_id}, but the one applied here was {cursor.event_id}"
        for run in self.runs:
            if run.seq == seq and run.event_id != event_id:
                return f"event {seq} is {event_id}, but was {run.event_id} before"
            if run.seq == seq - 1 and run.event_id != previous:
                return f"event {seq} follows {previous}, but the one before it was {run.event_id}"
        # The record continues a run, or repeats its end: replace that run.
        others = tuple(run for run in self.runs if run.seq not in (seq - 1, seq))
        self.runs = others if seq == cursor.seq else (*others, Run(seq, event_id, now))
        return None

    def compare(self, applied: dict[int, UUID]) -> str | None:
        """Compare the runs with the ids that were applied. Returns what contradicts them; None: nothing does."""
        for run in self.runs:
            if applied.get(run.seq, run.event_id) != run.event_id:
                return f"event {run.seq} is {run.event_id}, but the one applied here was {applied[run.seq]}"
        self.runs = tuple(run for run in self.runs if run.seq not in applied)
        return None


def applied_before(records: Iterable[Envelope], cursor: Cursor) -> dict[int, UUID]:
    """The ids of applied events, by number: followed back from the last one, as far as these records reach."""
    known = {record.event_id: record for record in records}
    applied: dict[int, UUID] = {}
    at = cursor.event_id
    while at is not None and (record := known.get(at)) and record.shard_seq not in applied:
        applied[record.shard_seq] = at
        at = record.previous
    return applied


def first_offset(lowest: int, cursor: Cursor) -> int:
    """The lowest Kafka offset at which event `lowest` can be: each event before it has an offset of its own.

    0 if the topic doesn't go back that far.
    """
    highest = cursor.koffset - 1 - (cursor.seq - lowest)
    return lowest - 1 if lowest - 1 <= highest else 0
