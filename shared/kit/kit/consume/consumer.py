"""From the broker to the log: each record takes effect exactly once, and never before its cause.

One transaction per batch moves the cursors and writes the effects. If another process has moved a cursor, the batch is
rolled back. A shard that becomes ours is read from its cursor in the database; offsets are committed to Kafka only for
monitoring. While the broker is away, the consumer waits.
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
from kit.shards.ownership import LeaseTerm, Ownership
from kit.store import BadValue, CursorMoved, Store, Unavailable
from kit.store.values import Cursor

MAX_BATCH_RECORDS = 500
EXAMINE_EVERY_SECONDS = 1.0
"""Seconds between checks that no partition was replaced or has lost records."""
REPORT_OFFSETS_EVERY_SECONDS = 5.0
"""Seconds between commits of our offsets to Kafka, for monitoring, and between looks for redriven records."""
BROKER_RETRY_SECONDS = (0.5, 5.0)
"""Seconds until the broker is tried again: at first, and at most."""

log = structlog.get_logger("consumer")


class Consumer:
    """Consumes the topics that a service listens to.

    It calls `applied` with each batch that is committed, `begun` with cursors that another process may have moved, and
    `owned` with our shards and their marks whenever they change. `reached`: whether the broker answers, even if no
    shard is ours.
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
        self._terms: Mapping[int, LeaseTerm] = {}
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
                self._watchdog.progress()  # we can't apply what waits, so we aren't stuck
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
            self._terms = {}  # the next feed begins with all shards
            self._fetching.end()
            self._comparing.end()
            await feed.close()

    def stop(self) -> None:
        """Finish the current batch, then end."""
        self._stopping = True

    def stalled(self) -> bool:
        """Whether records have waited for a while and none was applied."""
        return self._watchdog.stalled()

    @property
    def parked(self) -> set[UUID]:
        """The tickets and accounts in our shards with records set aside."""
        return self._parking_lot.identities

    @property
    def broken(self) -> Mapping[Place, str]:
        """Partitions that stopped because the sender's log went back in time, and what shows it."""
        return self.backlog.broken

    @property
    def rewound(self) -> Mapping[Place, str]:
        """Partitions that were replaced and are read from the beginning, and what shows it."""
        return self.backlog.rewound

    def holes(self) -> dict[Place, float]:
        """Partitions in which a record is missing, and for how many seconds."""
        now = self._clock.elapsed()
        return {place: now - since for place, since in self.backlog.holes.items()}

    def unproven(self) -> set[Place]:
        """Partitions with repeated records that are being compared with those applied."""
        return set(self.backlog.short(self._clock.elapsed()))

    def missing(self) -> set[Place]:
        """Our partitions that the broker lacks."""
        return self._fetching.missing()

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        return self._fetching.at_end(place)

    def lag(self) -> dict[Place, int | None]:
        """For each of our partitions, how many records are known to be there and not applied; None: not known."""
        known = self._fetching.lag()
        return {place: known.get(place) for place in self._places(self.ownership.terms)}

    def unsure(self) -> float | None:
        """Seconds since we last knew the lag of all our partitions; None: we never did."""
        return None if self._sure_at is None else self._clock.elapsed() - self._sure_at

    async def _follow_ownership(self) -> None:
        """Begin to read the shards that have become ours, and drop those that are another replica's."""
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
        """The shards' marks. Read them first: if the database is replaced afterwards, its marks differ."""
        async with self._store.statement() as tx:
            return await tx.marks(sorted(shards))

    def _places(self, shards: Iterable[int]) -> list[Place]:
        return [(topic, shard) for topic in self.topics for shard in sorted(shards)]

    async def _begin(self, places: Collection[Place]) -> dict[Place, int]:
        """Begin these partitions at their cursors in the database. Returns the offsets to read from."""
        shards = sorted({shard for _, shard in places})
        async with self._store.transaction() as tx:
            known = await tx.cursors(self.topics, shards)
            await self._parking_lot.look(tx, shards)
            # The last owner may have known a policy that we don't, and the records to come may depend on it.
            await self._follow.book.load(tx)
        offsets = {place: self.backlog.begin(place, known.get(place, Cursor())) for place in places}
        self._begun({place: self.backlog.cursors[place] for place in places})
        return offsets

    async def _rewind(self, places: Collection[Place]) -> None:
        """Another process is ahead in these partitions: read on from the cursors in the database."""
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
        """Notice records that an operator has redriven."""
        if self.parked:
            with suppress(Unavailable):
                async with self._store.transaction() as tx:
                    await self._parking_lot.look(tx, sorted(self._terms))
