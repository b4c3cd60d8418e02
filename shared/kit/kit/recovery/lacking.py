"""Comparing a shard's records at the broker with the service's own log, one by one. Pure.

A database may go back in time: it is restored from a backup, or replaced by a replica that lacked the last events.
Other services have acted on what the broker has. So the log adopts what it lacks, byte for byte, before anything new is
appended.
"""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.wire import Envelope
from kit.store.values import LogEnd

Numbered = tuple[int, int]
"""A shard, and the number of an event in it."""


@dataclass(slots=True)
class Comparison:
    """The comparison of one shard: `take` is called with its partition's records, in order."""

    shard: int
    head: int
    """The number of the last event in the log, with those found missing so far."""
    head_id: UUID | None
    relayed: int
    """The number up to which the records follow on the relay's cursor without a gap."""
    sent: int
    """The number of the last event that the broker had acknowledged."""
    sent_id: UUID | None
    lost: bool
    """Whether that event is not among the records so far."""
    relayed_id: UUID | None = None
    fork: str | None = None
    """Why log and topic have parted; None: so far they haven't."""
    strays: int = 0
    """Records after the log's end that don't follow on it. The ones before them were never sent, because the sender
    failed; so nobody has applied these either."""
    _joined: dict[int, UUID] = field(default_factory=dict)
    """The ids of missing events, by number."""

    @classmethod
    def of(cls, end: LogEnd) -> "Comparison":
        """A comparison that begins at this end of a log."""
        sent, sent_id = end.relayed, end.relayed_id
        return cls(end.shard, end.head, end.head_id, sent, sent, sent_id, lost=sent > 0)

    def asks(self, envelope: Envelope) -> list[Numbered]:
        """The (shard, number) of the log's event ids that `take` needs for a record."""
        return [(self.shard, n) for n in (envelope.shard_seq - 1, envelope.shard_seq) if 0 < n <= self.head]

    def take(self, envelope: Envelope, ours: dict[Numbered, UUID]) -> bool:
        """Compare the next record with the log. True: the log lacks it, and it follows on the log's end."""
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
                # The event before it is not in the log either: if anybody applied that one, it will show as the fork.
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
