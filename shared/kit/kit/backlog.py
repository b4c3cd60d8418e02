"""Records fetched and not yet applied, and what may be applied next."""

from collections import deque
from collections.abc import Iterable, Sequence

import structlog

from contracts.errors import MalformedRecord
from kit.bus import Message, Place
from kit.inbox import Incoming, Verdict, judge, read
from kit.stored import Cursor, Move

log = structlog.get_logger("consumer")


class Backlog:
    """The queues of the partitions that are ours, and their cursors as the database last had them."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.cursors: dict[Place, Cursor] = {}
        self.broken: dict[Place, str] = {}
        """Shards that stopped, because what came doesn't follow on what was here."""
        self.holes: dict[Place, float] = {}
        """Since when something has been missing."""
        self.held: dict[Place, float] = {}
        """Since when a record has been held back, because its cause has not come."""
        self.dropped = 0
        """How many records were not needed, or not yet."""
        self._topics = tuple(topics)
        self._queues: dict[Place, deque[Incoming]] = {}

    def begin(self, place: Place, cursor: Cursor) -> None:
        """Start afresh behind this cursor."""
        self.cursors[place] = cursor
        self._queues[place] = deque()
        self.broken.pop(place, None)
        self.holes.pop(place, None)
        self.held.pop(place, None)

    def end(self, place: Place) -> None:
        """It is no longer ours."""
        for table in (self.cursors, self._queues, self.broken, self.holes, self.held):
            table.pop(place, None)

    def add(self, message: Message) -> None:
        """Queue a record. One without a readable envelope has no place in the chain: nothing is lost without it."""
        try:
            incoming = read(message)
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
            return
        if (queue := self._queues.get(incoming.place)) is not None:
            queue.append(incoming)

    def waiting(self, place: Place) -> int:
        """How many records of a partition are in memory."""
        return len(self._queues.get(place, ()))

    def places(self) -> set[Place]:
        """The partitions that are ours."""
        return set(self._queues)

    def idle(self) -> bool:
        """Whether nothing waits, but in shards that stopped."""
        return not any(queue for place, queue in self._queues.items() if place not in self.broken)

    def ready(self) -> bool:
        """Whether something waits that could be applied, or dropped, now."""
        return any(
            queue and place not in self.broken and judge(queue[0], self.cursors, self._topics) is not Verdict.EARLY
            for place, queue in self._queues.items()
        )

    def take(self, limit: int, now: float) -> list[Incoming]:
        """Take out what can be applied now, effects after their causes. `now`: real seconds, for the holes."""
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
                case Verdict.NEXT:
                    ahead[place] = queue[0].after
                    batch.append(queue.popleft())
                    self.holes.pop(place, None)
                    self.held.pop(place, None)
                case Verdict.DUPLICATE:
                    queue.popleft()
                    self.dropped += 1
                case Verdict.HOLE:
                    self.holes.setdefault(place, now)
                    queue.popleft()
                    self.dropped += 1
                case Verdict.BROKEN:
                    self._stop(place, queue[0], ahead[place])
                    break
                case Verdict.EARLY:
                    self.held.setdefault(place, now)
                    break
        return len(batch) > begun

    def moves(self, batch: Iterable[Incoming]) -> list[Move]:
        """How far the batch advances each cursor, from where it stands."""
        moves: dict[Place, Move] = {}
        for one in batch:
            begun = moves[one.place].before if one.place in moves else self.cursors[one.place]
            moves[one.place] = Move(*one.place, begun, one.after)
        return list(moves.values())

    def put_back(self, batch: Sequence[Incoming]) -> None:
        """They could not be applied: they are next again."""
        for one in reversed(batch):
            if one.place in self._queues:
                self._queues[one.place].appendleft(one)

    def applied(self, batch: Iterable[Incoming]) -> None:
        """The database has them."""
        for one in batch:
            if one.place in self.cursors:
                self.cursors[one.place] = one.after

    def _stop(self, place: Place, incoming: Incoming, cursor: Cursor) -> None:
        envelope = incoming.envelope
        self.broken[place] = reason = (
            f"event {envelope.shard_seq} follows {envelope.previous}, but the last one here was {cursor.event_id}"
        )
        log.critical("the sender's log went back in time; its shard stops", topic=place[0], shard=place[1], why=reason)
