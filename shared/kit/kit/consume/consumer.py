"""From the broker to the log: each record's effect exactly once, in an order that never puts effect before cause.

One transaction per batch moves the cursors and writes what follows. Whoever finds a cursor moved by somebody else
gives its batch up. A shard that becomes ours is read from where the database stands; Kafka's own offsets are for
onlookers. A broker that is away is waited for.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import structlog

from kit.bus import Bus, BusError, Feed, Place
from kit.clock import Clock
from kit.consume.backlog import Backlog
from kit.consume.comparing import Comparing
from kit.consume.fetching import Fetching
from kit.consume.follow import Follow, Poison
from kit.consume.inbox import Incoming, seen_by
from kit.consume.parking_lot import ParkingLot
from kit.consume.watchdog import Watchdog
from kit.shards.ownership import Ownership, Term
from kit.store import BadValue, CursorMoved, Store, Unavailable
from kit.store.values import Cursor

MAX_BATCH_RECORDS = 500
EXAMINE_EVERY_SECONDS = 1.0
"""Seconds between looks at whether the partitions are still those that we knew."""
REPORT_OFFSETS_EVERY_SECONDS = 5.0
"""Seconds between messages to onlookers about how far we are."""
BROKER_RETRY_SECONDS = (0.5, 5.0)
"""Seconds to wait for a broker that is away, the first time and at most."""

log = structlog.get_logger("consumer")


class Consumer:
    """A service's place in the stream of facts.

    `applied` is told of each batch once it is durable, `begun` of cursors that stand where somebody else has left them,
    `owned` of the shards that are ours whenever that changes, with the marks of the database that we read. `reached`:
    whether the broker answers, also where no shard is ours.
    """

    def __init__(
        self,
        *,
        store: Store,
        bus: Bus,
        clock: Clock,
        ownership: Ownership,
        topics: Sequence[str],
        follow: Follow,
        applied: Callable[[Sequence[Incoming]], None] = lambda batch: None,
        begun: Callable[[Mapping[Place, Cursor]], None] = lambda cursors: None,
        owned: Callable[[Mapping[int, str]], None] = lambda shards: None,
        linger: float = 0.0,
        reached: Callable[[], bool] = lambda: True,
    ) -> None:
        self.topics = tuple(topics)
        self.backlog = Backlog(topics)
        self.ownership = ownership
        self._store, self._bus, self._clock = store, bus, clock
        self._follow, self._applied, self._begun, self._owned = follow, applied, begun, owned
        self._reached = reached
        self._fetching = Fetching(self.backlog, linger)
        self._parking_lot = ParkingLot(clock, follow.release)
        self._watchdog = Watchdog(follow.name, clock, self.backlog, self._fetching.behind)
        self._comparing = Comparing(self.backlog, bus)
        self._terms: Mapping[int, Term] = {}
        self._marks: dict[int, str] = {}
        self._singly = 0
        self._sure_at: float | None = None
        self._stopping = False

    async def run(self) -> None:
        """Consume until cancelled. Raises Stuck when it has work and can't go on: the process should end."""
        pause = BROKER_RETRY_SECONDS[0]
        while not self._stopping:
            try:
                feed = await self._bus.feed(self._follow.name)
                pause = BROKER_RETRY_SECONDS[0]
                await self._read(feed)
            except BusError as error:
                log.warning("waiting for the broker", error=str(error))
                self._watchdog.progress()  # what waits is not ours to do
                await asyncio.sleep(pause)
                pause = min(2 * pause, BROKER_RETRY_SECONDS[1])

    async def _read(self, feed: Feed) -> None:
        self._fetching.begin(feed)
        looked = hinted = self._clock.elapsed()
        try:
            while not self._stopping:
                await self._follow_ownership()
                await self._fetching.fetch(feed)
                await self._step()
                self._fetching.regulate(feed)
                self._watchdog.look()
                now = self._clock.elapsed()
                if now - looked >= EXAMINE_EVERY_SECONDS:
                    looked = now
                    self._fetching.examine(feed, now)
                    self._comparing.look(now)
                    if self.ownership.joined and self._reached() and None not in self.lag().values():
                        self._sure_at = now
                if now - hinted >= REPORT_OFFSETS_EVERY_SECONDS:
                    hinted = now
                    feed.hint({place: at.koffset for place, at in self.backlog.cursors.items() if at.seq})
                    await self._look_for_redriven()
        finally:
            self._terms = {}  # whoever reads again begins with all of them
            self._fetching.end()
            self._comparing.end()
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

    @property
    def broken(self) -> Mapping[Place, str]:
        """Shards that stopped because the sender's log went back in time, and what shows it."""
        return self.backlog.broken

    @property
    def rewound(self) -> Mapping[Place, str]:
        """Partitions that turned out to be others than those we knew, and why they are read from their beginning."""
        return self.backlog.rewound

    def holes(self) -> dict[Place, float]:
        """Where records are missing in front of what has come, and for how many seconds."""
        now = self._clock.elapsed()
        return {place: now - since for place, since in self.backlog.holes.items()}

    def unproven(self) -> set[Place]:
        """Where records came again that may be of another past: what was applied is being compared with them."""
        return set(self.backlog.short(self._clock.elapsed()))

    def missing(self) -> set[Place]:
        """Our partitions that the broker doesn't have."""
        return self._fetching.missing()

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        return self._fetching.at_end(place)

    def lag(self) -> dict[Place, int | None]:
        """Per place of ours how many records are known to be there and not applied; None: not known."""
        known = self._fetching.lag()
        return {place: known.get(place) for place in self._places(self.ownership.terms)}

    def unsure(self) -> float | None:
        """Seconds for which it has not been known how far we are behind; None: it never was."""
        return None if self._sure_at is None else self._clock.elapsed() - self._sure_at

    async def _follow_ownership(self) -> None:
        """Begin with the shards that have become ours, and let go those that are another's."""
        if (terms := self.ownership.terms) is self._terms:
            return
        gone = self._terms.keys() - terms.keys()
        taken = {shard for shard, term in terms.items() if self._terms.get(shard) != term}
        try:
            marks = await self._marks_of(taken) if taken else {}
            begin = await self._begin(self._places(taken)) if taken else {}
        except Unavailable as error:
            log.warning("waiting for the database", error=str(error))
            await asyncio.sleep(0.5)
            return
        for place in self.backlog.places() - set(self._places(terms)):
            self.backlog.end(place)
        self._parking_lot.leave(gone)
        self._fetching.assign(begin, self.backlog.places() - begin.keys())
        self._terms = terms
        self._marks |= marks
        self._owned({shard: self._marks.get(shard, "") for shard in terms})
        self._watchdog.progress()

    async def _marks_of(self, shards: Collection[int]) -> dict[int, str]:
        """Read before all else: what is read then is of that database, or of one that has another mark."""
        async with self._store.statement() as tx:
            return await tx.marks(sorted(shards))

    def _places(self, shards: Iterable[int]) -> list[Place]:
        return [(topic, shard) for topic in self.topics for shard in sorted(shards)]

    async def _begin(self, places: Collection[Place]) -> dict[Place, int]:
        """Forget what is in memory of these, and learn where the database stands: the offsets to read from."""
        shards = sorted({shard for _, shard in places})
        async with self._store.transaction() as tx:
            known = await tx.cursors(self.topics, shards)
            await self._parking_lot.look(tx, shards)
            # The last owner may have known a policy that we don't, and what it left here may be under it.
            await self._follow.book.load(tx)
        offsets = {place: self.backlog.begin(place, known.get(place, Cursor())) for place in places}
        self._begun({place: self.backlog.cursors[place] for place in places})
        return offsets

    async def _rewind(self, places: Collection[Place]) -> None:
        """Somebody else is ahead in these: read on from where the database stands."""
        while not self._stopping:
            try:
                for place, offset in (await self._begin(places)).items():
                    self._fetching.seek(place, offset)
                return
            except Unavailable as error:
                log.warning("waiting for the database", error=str(error))
                await asyncio.sleep(1)

    async def _step(self) -> None:
        dropped = self.backlog.dropped
        batch = self.backlog.take(1 if self._singly else MAX_BATCH_RECORDS, self._clock.elapsed())
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
            await self._rewind(sorted({one.place for one in batch} & self.backlog.places()))
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
            with suppress(Unavailable):
                async with self._store.transaction() as tx:
                    await self._parking_lot.look(tx, sorted(self._terms))
