"""From the broker to the log: each record's effect exactly once, in an order that never puts effect before cause.

One transaction per batch moves the cursors and writes what follows. Whoever finds a cursor moved by somebody else
gives its batch up. Kafka's own offsets are only a hint; after an assignment reading goes on from the database.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from uuid import UUID

import structlog

from kit.backlog import Backlog
from kit.bus import Bus, Place
from kit.clock import Clock
from kit.fetching import Fetching
from kit.follow import Follow, Poison
from kit.inbox import Incoming, seen_by
from kit.parking_lot import ParkingLot
from kit.store import BadValue, CursorMoved, Store, Unavailable
from kit.stored import Cursor
from kit.watchdog import Watchdog

BATCH = 500

log = structlog.get_logger("consumer")


class Consumer:
    """A service's place in the stream of facts. `applied` is told of each batch once it is durable."""

    def __init__(
        self,
        *,
        store: Store,
        bus: Bus,
        clock: Clock,
        topics: Sequence[str],
        follow: Follow,
        applied: Callable[[Sequence[Incoming]], None] = lambda batch: None,
        owned: Callable[[Iterable[int]], None] = lambda shards: None,
        linger: float = 0.0,
    ) -> None:
        self.topics = tuple(topics)
        self.backlog = Backlog(topics)
        self._store, self._bus, self._clock = store, bus, clock
        self._follow, self._applied, self._owned = follow, applied, owned
        self._fetching = Fetching(self.backlog, linger)
        self._parking_lot = ParkingLot(clock, follow.release)
        self._watchdog = Watchdog(follow.name, clock, self.backlog, self._fetching.behind)
        self._singly = 0
        self._stopping = False
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Consume until cancelled. Raises BusError or Stuck when it can't go on: the process should end."""
        feed = await self._bus.feed(self._follow.name, self.topics, self._assigned, self._revoked)
        async with self._turn:
            self._fetching.begin(feed)
        hinted = self._clock.elapsed()
        try:
            while not self._stopping:
                await self._fetching.fetch(feed)
                async with self._turn:
                    await self._step()
                self._fetching.regulate(feed)
                self._watchdog.look()
                if self._clock.elapsed() - hinted > 5:
                    hinted = self._clock.elapsed()
                    await feed.hint({place: at.koffset for place, at in self.backlog.cursors.items() if at.seq})
                    await self._look_for_redriven()
        finally:
            self._fetching.end()
            await feed.close()

    def stop(self) -> None:
        """Finish the batch in hand, then end."""
        self._stopping = True

    def stalled(self) -> bool:
        """Whether there has been work for a while and none was done."""
        return self._watchdog.stalled()

    @property
    def parked(self) -> set[UUID]:
        """Tickets and accounts in our shards of which records are set aside."""
        return self._parking_lot.identities

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        return self._fetching.at_end(place)

    def lag(self) -> dict[Place, int | None]:
        """Per place how many records are known to be there and not applied; None: not known yet."""
        return self._fetching.lag()

    async def _assigned(self, places: Collection[Place]) -> None:
        async with self._turn:
            await self._rewind(places)
            self._owned({shard for _, shard in self.backlog.places()})
        self._watchdog.progress()

    async def _revoked(self, places: Collection[Place]) -> None:
        """The batch in hand is finished first: it has the turn."""
        async with self._turn:
            for place in places:
                self.backlog.end(place)
            self._parking_lot.leave({shard for _, shard in places})
            self._owned({shard for _, shard in self.backlog.places()})

    async def _rewind(self, places: Collection[Place]) -> None:
        """Forget what is in memory of these, and read on from where the database stands."""
        shards = sorted({shard for _, shard in places})
        while True:
            try:
                async with self._store.transaction() as tx:
                    known = await tx.cursors(self.topics, shards)
                    await self._parking_lot.look(tx, shards)
                    # The last owner may have known a policy that we don't, and what it left here may be under it.
                    await self._follow.book.load(tx)
                break
            except Unavailable as error:
                log.warning("waiting for the database", error=str(error))
                await asyncio.sleep(1)
        for place in places:
            cursor = known.get(place, Cursor())
            self.backlog.begin(place, cursor)
            self._fetching.seek(place, cursor)

    async def _step(self) -> None:
        dropped = self.backlog.dropped
        batch = self.backlog.take(1 if self._singly else BATCH, self._clock.elapsed())
        if self.backlog.dropped != dropped:
            self._watchdog.progress()
        if not batch:
            return
        try:
            await self._apply(batch)
        except Poison as poison:
            log.error("parked", topic=poison.place[0], shard=poison.place[1], seq=poison.seq, reason=poison.reason)
            self._parking_lot.condemn(poison.place, poison.seq, poison.reason)
            self.backlog.put_back(batch)
        except BadValue as error:
            if len(batch) == 1:
                self._parking_lot.condemn(batch[0].place, batch[0].envelope.shard_seq, str(error))
            self._singly = len(batch)
            self.backlog.put_back(batch)
        except CursorMoved:
            await self._rewind({one.place for one in batch} & self.backlog.places())
        except Unavailable as error:
            log.warning("trying again", error=str(error))
            self.backlog.put_back(batch)
            await asyncio.sleep(0.2)

    async def _apply(self, batch: Sequence[Incoming]) -> None:
        async with self._store.transaction() as tx:
            await tx.advance(self.backlog.moves(batch), seen_by(batch))
            await self._follow.all(tx, await self._parking_lot.set_aside(tx, batch))
        self.backlog.applied(batch)
        self._singly = max(0, self._singly - 1)
        self._watchdog.progress()
        self._applied(batch)

    async def _look_for_redriven(self) -> None:
        """What is set aside may have been redriven by hand meanwhile."""
        if self.parked:
            async with self._turn:
                shards = sorted({shard for _, shard in self.backlog.places()})
                with suppress(Unavailable):
                    async with self._store.transaction() as tx:
                        await self._parking_lot.look(tx, shards)
