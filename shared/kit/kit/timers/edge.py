"""The settled edge: the instant up to which all that was recorded in a shard has been applied here.

The service whose log is followed raises its settled floor with each heartbeat, and announces it. A follower computes
the edge from the announcements and from the records that it has applied. See ARCHITECTURE.md, "The settled edge".
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from contextlib import aclosing
from datetime import UTC, datetime

import msgspec
import structlog

from contracts.names import SETTLED
from kit.bus import Bus, BusError, Producer
from kit.clock import Clock
from kit.store import Store, Unavailable
from kit.store.values import Cursor
from kit.store.values import Evidence as Evidence

HEARTBEAT_SECONDS = 0.02
"""Seconds between heartbeats."""
GRACE_SECONDS = 30.0
"""Seconds without news at the end of a partition until a breach is announced without the settled edge."""

CATCH_UP_TIMEOUT_SECONDS = 5.0
"""Seconds that `caught_up` waits until all is known to be applied."""

log = structlog.get_logger("settled")


class Announcement(msgspec.Struct, frozen=True):
    """In each shard of `heads`, every event recorded before `floor` has a number up to `heads[shard]`."""

    floor: datetime
    heads: dict[int, int]


_DECODE = msgspec.json.Decoder(Announcement)


class Heartbeat:
    """Settles the idle shards of this service's log and announces it, while `sound` says that our clock is right."""

    def __init__(
        self, store: Store, bus: Bus, clock: Clock, *, sound: Callable[[], bool], beat: float = HEARTBEAT_SECONDS
    ) -> None:
        self._store, self._bus, self._clock, self._sound, self._beat = store, bus, clock, sound, beat
        self._producer: Producer | None = None

    async def run(self) -> None:
        """Beat until cancelled, every `beat` seconds; a beat that takes longer delays the next."""
        try:
            while True:
                begun = self._clock.elapsed()
                try:
                    if self._sound():
                        await self._announce()
                except (Unavailable, BusError) as error:
                    log.warning("no heartbeat", error=str(error))
                    await self._drop()
                    await asyncio.sleep(0.5)
                await asyncio.sleep(max(0.0, begun + self._beat - self._clock.elapsed()))
        finally:
            await self._drop()

    async def _announce(self) -> None:
        async with self._store.statement() as tx:
            floor, heads = await tx.settle(self._clock.now())
        # Only now is the floor committed, and only now may followers rely on it.
        producer = self._producer = self._producer or await self._bus.producer()
        acknowledged = await producer.send(SETTLED, 0, None, msgspec.json.encode(Announcement(floor, heads)))
        await acknowledged

    async def _drop(self) -> None:
        if self._producer:
            producer, self._producer = self._producer, None
            await producer.close()


class Edge:
    """A follower's edge, shard by shard. Pure; `elapsed` arguments are real seconds."""

    def __init__(self, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace
        self._seq: dict[int, int] = {}
        self._edge: dict[int, datetime] = {}
        self._moved: dict[int, float] = {}
        self._announced: dict[int, deque[tuple[int, datetime]]] = {}
        self.floors: dict[int, tuple[datetime, int]] = {}
        """By shard, ours or not, the floor and head announced last: events recorded before the floor have numbers up to
        the head."""

    def begin(self, shard: int, seq: int, elapsed: float) -> None:
        """The shard is ours from now on, and consumed up to `seq`; the grace period begins."""
        self._seq[shard] = seq
        self._edge.pop(shard, None)
        self._announced[shard] = deque()
        self._moved[shard] = elapsed

    def end(self, shard: int) -> None:
        """The shard is another's."""
        for table in (self._seq, self._edge, self._announced, self._moved):
            table.pop(shard, None)

    def shards(self) -> set[int]:
        """The shards that are ours."""
        return set(self._seq)

    def applied(self, shard: int, seq: int, recorded_at: datetime, elapsed: float) -> None:
        """A record was applied: it moves the edge to its own time, and to that of announcements that waited for it."""
        if shard not in self._seq:
            return
        self._move(shard, recorded_at, elapsed)
        self.reached(shard, seq, elapsed)

    def reached(self, shard: int, seq: int, elapsed: float) -> None:
        """All up to `seq` was applied, here or by another replica: announcements that waited for it move the edge."""
        if shard not in self._seq:
            return
        if seq < self._seq[shard]:  # the database went back in time: what lies between has to be applied again
            self.begin(shard, seq, elapsed)
            return
        self._seq[shard] = seq
        waiting = self._announced[shard]
        while waiting and waiting[0][0] <= seq:
            self._move(shard, waiting.popleft()[1], elapsed)

    def announced(self, announcement: Announcement, elapsed: float) -> None:
        """An announcement came: it moves the edge, or waits until its head has been applied."""
        for shard, head in announcement.heads.items():
            self.floors[shard] = announcement.floor, head
            if shard not in self._seq:
                continue
            if self._seq[shard] >= head:
                self._move(shard, announcement.floor, elapsed)
            else:
                waiting = self._announced[shard]
                if waiting and waiting[-1][0] == head:
                    waiting.pop()
                waiting.append((head, announcement.floor))

    def silence(self, elapsed: float) -> float:
        """Real seconds since the edge moved last, of the shard of ours for which that is longest."""
        return max((elapsed - moved for moved in self._moved.values()), default=0.0)

    def _move(self, shard: int, to: datetime, elapsed: float) -> None:
        if shard not in self._edge or to > self._edge[shard]:
            self._edge[shard] = to
            self._moved[shard] = elapsed

    def of(self, shard: int) -> datetime | None:
        """The shard's edge: all recorded before it has been applied here. None: not known yet."""
        return self._edge.get(shard)

    def evidence(self, shard: int, due_at: datetime, *, elapsed: float, at_end: bool, parked: bool) -> Evidence | None:
        """On what ground a deadline that has passed may be announced now; None: not yet.

        `at_end`: the consumer stands at the end of the partition. `parked`: records of this ticket are set aside, so
        the shard's edge says nothing about the ticket.
        """
        waited = elapsed - self._moved.get(shard, elapsed) >= self._grace
        edge = self._edge.get(shard)
        if edge is not None and edge >= due_at:
            return "settled" if not parked else None
        return "grace" if at_end and waited and not parked else None


async def caught_up(
    edge: Edge, store: Store, clock: Clock, source: str, shards: Collection[int], until: datetime
) -> bool:
    """Whether all that was recorded in these shards before `until` has been applied, by this replica or another.

    Waits some seconds for it: while no heartbeat comes, that is unknown.
    """
    begun = clock.elapsed()
    while clock.elapsed() - begun < CATCH_UP_TIMEOUT_SECONDS:
        floors = {shard: edge.floors.get(shard, (datetime.min.replace(tzinfo=UTC), 0)) for shard in shards}
        if all(floor >= until for floor, _ in floors.values()):
            async with store.statement() as tx:
                cursors = await tx.cursors([source], list(shards))
            if all(cursors.get((source, shard), Cursor()).seq >= head for shard, (_, head) in floors.items()):
                return True
        await asyncio.sleep(HEARTBEAT_SECONDS)
    return False


class Listener:
    """Listens to the heartbeat of the service that is followed."""

    def __init__(self, bus: Bus, clock: Clock, edge: Edge, moved: Callable[[], None]) -> None:
        self._bus, self._clock, self._edge, self._moved = bus, clock, edge, moved

    async def run(self) -> None:
        """Listen until cancelled; begin again whenever the broker is lost."""
        while True:
            try:
                async with aclosing(self._bus.tail(SETTLED)) as messages:  # type: ignore[type-var]
                    async for message in messages:
                        self._edge.announced(_DECODE.decode(message.value or b"{}"), self._clock.elapsed())
                        self._moved()
            except (BusError, msgspec.DecodeError) as error:
                log.warning("the heartbeat is not heard", error=str(error))
                await asyncio.sleep(1)
