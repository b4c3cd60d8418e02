"""What the broker has of a shard, held beside the service's own log, record by record. Pure.

A database may go back in time: restored from a backup, or replaced by a replica that had not got everything. Others
have acted on what the broker has, so the log takes up again what it lacks, byte for byte, before anything is appended.
"""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.wire import Envelope
from kit.store.values import LogEnd

Numbered = tuple[int, int]
"""A shard and a number in it."""


@dataclass(slots=True)
class Comparison:
    """One shard's. `take` its partition's records in their order."""

    shard: int
    head: int
    """The number of the last event that the log has, with what `missing` adds to it."""
    head_id: UUID | None
    relayed: int
    """Up to which number the records followed on the relay's cursor without a gap."""
    sent: int
    """The number of the last event that the broker had acknowledged."""
    sent_id: UUID | None
    lost: bool
    """Whether that is not among the records so far."""
    relayed_id: UUID | None = None
    fork: str | None = None
    """Why the two can't be one log; None: as far as is known they can."""
    strays: int = 0
    """Records beyond the log's end that don't follow on it: a sender's failure let them overtake those before them,
    which never came, so that nobody has applied them either."""
    _joined: dict[int, UUID] = field(default_factory=dict)
    """What was found missing, by number."""

    @classmethod
    def of(cls, end: LogEnd) -> "Comparison":
        """Where it begins."""
        sent, sent_id = end.relayed, end.relayed_id
        return cls(end.shard, end.head, end.head_id, sent, sent, sent_id, lost=sent > 0)

    def asks(self, envelope: Envelope) -> list[Numbered]:
        """Which of the log's event ids `take` wants to know for a record."""
        return [(self.shard, n) for n in (envelope.shard_seq - 1, envelope.shard_seq) if 0 < n <= self.head]

    def take(self, envelope: Envelope, ours: dict[Numbered, UUID]) -> bool:
        """Hold the next record beside the log. True: the log lacks it, and it follows on what is there."""
        if self.fork:
            return False
        if envelope.event_id == self.sent_id:
            self.lost = False
        seq = envelope.shard_seq
        if seq > self.head + 1:
            self.strays += 1
            return False
        there = self._id(seq, ours)
        if envelope.event_id != there:
            if envelope.previous != self._id(seq - 1, ours):
                # It follows on something that is not here either. If that was ever heard, it is the fork.
                self.strays += seq > self.head
                return False
            if seq <= self.head:
                self.fork = (
                    f"number {seq} is event {there} here and {envelope.event_id} at the broker, "
                    "both after the same event: something was written before the log was complete"
                )
                return False
            self.head, self.head_id = seq, envelope.event_id
            self._joined[seq] = envelope.event_id
        if seq == self.relayed + 1:
            self.relayed, self.relayed_id = seq, envelope.event_id
        return there is None

    def _id(self, seq: int, ours: dict[Numbered, UUID]) -> UUID | None:
        return self._joined.get(seq) or ours.get((self.shard, seq))
