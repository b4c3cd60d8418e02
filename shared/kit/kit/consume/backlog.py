"""Records that are fetched and not yet applied, and which of them may be applied next."""

from collections import deque
from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from contracts.errors import MalformedRecord
from kit.bus import Message, Place
from kit.consume.inbox import Incoming, Judgement, judge, read
from kit.consume.repeats import Repeats
from kit.store.values import Cursor, CursorMove

UNPROVEN_SECONDS = 1.0
"""Seconds until repeated records that prove nothing are compared with what was applied."""

log = structlog.get_logger("consumer")


class Backlog:
    """The queues of our partitions, and their cursors as the database last had them."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.cursors: dict[Place, Cursor] = {}
        self.broken: dict[Place, str] = {}
        """Shards that stopped, and why: a record came that doesn't follow on those applied here."""
        self.holes: dict[Place, float] = {}
        """Partitions in which a record is missing, and since when."""
        self.held: dict[Place, float] = {}
        """Partitions in which a record waits for its cause, and since when."""
        self.sought: dict[Place, Cursor] = {}
        """Partitions whose next record must be the last one applied; otherwise the partition was replaced."""
        self.strange: set[Place] = set()
        """Partitions that were replaced: their records are ignored until they are read from the beginning."""
        self.rewound: dict[Place, str] = {}
        """Partitions that are read from the beginning, and why, until the last record applied or a new one comes."""
        self.dropped = 0
        """How many records were dropped: duplicates, and records after a hole."""
        self._topics = tuple(topics)
        self._queues: dict[Place, deque[Incoming]] = {}
        self._repeats: dict[Place, Repeats] = {}
        self._next: dict[Place, int] = {}

    def begin(self, place: Place, cursor: Cursor) -> int:
        """Begin a partition at this cursor. Returns the offset to read from, that of the last record applied."""
        self.end(place)
        self.cursors[place] = cursor
        self._repeats[place] = Repeats()
        return self.seek(place)

    def seek(self, place: Place) -> int:
        """Empty the queue, and check that the partition is still the same. Returns the offset to read from."""
        cursor = self.cursors[place]
        self._queues[place] = deque()
        self._next[place] = cursor.koffset
        if cursor.event_id and cursor.koffset:
            self.sought[place] = cursor
            self._next[place] -= 1
        return self._next[place]

    def end(self, place: Place) -> None:
        """Forget a partition that is no longer ours."""
        for table in (
            self.cursors, self._queues, self._repeats, self._next,
            self.broken, self.holes, self.held, self.sought, self.rewound,
        ):  # fmt: skip
            table.pop(place, None)
        self.strange.discard(place)

    def rewind(self, place: Place, why: str) -> None:
        """Note that the partition is read from its beginning, and why."""
        self._queues[place] = deque()
        self._next[place] = 0
        self.sought.pop(place, None)
        self.strange.discard(place)
        self._say_rewound(place, why)

    def stands(self, place: Place, position: int) -> None:
        """Note the offset from which the broker goes on: if we had passed it, the partition was replaced."""
        if position < self._next.get(place, 0):
            self.sought.pop(place, None)
            self._next[place] = position
            self._say_rewound(place, f"it goes on from offset {position}, which had been passed")

    def _say_rewound(self, place: Place, why: str) -> None:
        self.rewound[place] = why
        log.warning("a partition is read from its beginning", topic=place[0], shard=place[1], why=why)

    def add(self, message: Message) -> None:
        """Queue a record. One without a readable envelope is logged and dropped: it is no event of ours."""
        try:
            incoming = read(message)
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
            self._is_new(message, None)
            return
        if (queue := self._queues.get(incoming.place)) is not None and self._is_new(message, incoming):
            queue.append(incoming)

    def _is_new(self, message: Message, incoming: Incoming | None) -> bool:
        """Whether to queue a record. Not the last one applied, which we read again to check the partition."""
        place = message.topic, message.partition
        if place not in self._queues or place in self.strange:
            return False
        self.stands(place, message.offset)
        self._next[place] = message.offset + 1
        if not (cursor := self.sought.pop(place, None)):
            return True
        if message.offset == cursor.koffset - 1:
            if not (incoming and incoming.after == cursor):
                self.strange.add(place)
            return False
        self._say_rewound(place, f"it begins at offset {message.offset}, behind what was read")
        return True

    def queued_count(self, place: Place) -> int:
        """How many records of a partition are in memory."""
        return len(self._queues.get(place, ()))

    def places(self) -> set[Place]:
        """Our partitions."""
        return set(self._queues)

    def idle(self) -> bool:
        """Whether all queues are empty, except those of shards that stopped."""
        return not any(queue for place, queue in self._queues.items() if place not in self.broken)

    def ready(self) -> bool:
        """Whether a queued record could be applied or dropped now."""
        return any(
            queue and place not in self.broken and judge(queue[0], self.cursors, self._topics) is not Judgement.EARLY
            for place, queue in self._queues.items()
        )

    def take(self, limit: int, now: float) -> list[Incoming]:
        """Remove and return up to `limit` records that can be applied now, effects after their causes.

        `now`: elapsed real seconds, from which holes are timed.
        """
        ahead = dict(self.cursors)
        batch: list[Incoming] = []
        moved = True
        while moved and len(batch) < limit:
            moved = False
            for place, queue in self._queues.items():
                if place not in self.broken:
                    moved |= self._take_from(place, queue, ahead, batch, limit, now)
        return batch

    def _take_from(
        self,
        place: Place,
        queue: deque[Incoming],
        ahead: dict[Place, Cursor],
        batch: list[Incoming],
        limit: int,
        now: float,
    ) -> bool:
        begun = len(batch)
        while queue and len(batch) < limit:
            match judge(queue[0], ahead, self._topics):
                case Judgement.NEXT:
                    ahead[place] = queue[0].after
                    batch.append(queue.popleft())
                    self.holes.pop(place, None)
                    self.held.pop(place, None)
                case Judgement.DUPLICATE:
                    if why := self._repeats[place].add(queue[0].envelope, ahead[place], now):
                        self._stop(place, why)
                        break
                    if queue[0].envelope.shard_seq == ahead[place].seq:
                        self.rewound.pop(place, None)
                    queue.popleft()
                    self.dropped += 1
                case Judgement.HOLE:
                    self.holes.setdefault(place, now)
                    queue.popleft()
                    self.dropped += 1
                case Judgement.BROKEN:
                    envelope, last = queue[0].envelope, ahead[place].event_id
                    why = f"event {envelope.shard_seq} follows {envelope.previous}, but the last one here was {last}"
                    self._stop(place, why)
                    break
                case Judgement.EARLY:
                    self.held.setdefault(place, now)
                    break
        return len(batch) > begun

    def moves(self, batch: Iterable[Incoming]) -> list[CursorMove]:
        """How far the batch advances each cursor."""
        moves: dict[Place, CursorMove] = {}
        for one in batch:
            begun = moves[one.place].before if one.place in moves else self.cursors[one.place]
            moves[one.place] = CursorMove(*one.place, begun, one.after)
        return list(moves.values())

    def put_back(self, batch: Sequence[Incoming]) -> None:
        """Queue records again, in front, because they could not be applied."""
        for one in reversed(batch):
            if one.place in self._queues:
                self._queues[one.place].appendleft(one)

    def applied(self, batch: Iterable[Incoming]) -> None:
        """Advance the cursors, because the batch is committed."""
        for one in batch:
            if one.place in self.cursors:
                self.cursors[one.place] = one.after
                self.rewound.pop(one.place, None)

    def short(self, now: float) -> dict[Place, int]:
        """Partitions where repeated records have proven nothing for a while, and the lowest end of their runs."""
        found = {
            place: [run.seq for run in one.runs if now - run.since >= UNPROVEN_SECONDS]
            for place, one in self._repeats.items()
        }
        return {place: min(seqs) for place, seqs in found.items() if seqs and place not in self.broken}

    def compare(self, place: Place, applied: dict[int, UUID]) -> bool:
        """Compare repeated records with the ids that were applied, by number. Returns whether all are proven now.

        A shard whose records contradict what was applied stops.
        """
        if (repeats := self._repeats.get(place)) is None:
            return True
        if why := repeats.compare(applied):
            self._stop(place, why)
        return not repeats.runs

    def _stop(self, place: Place, why: str) -> None:
        self.broken[place] = why
        log.critical("the sender's log went back in time; its shard stops", topic=place[0], shard=place[1], why=why)
