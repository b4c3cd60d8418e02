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
from kit.bus import Bus, Feed, Place
from kit.clock import Clock
from kit.follow import Follow, Poison
from kit.inbox import Incoming
from kit.store import BadValue, CursorMoved, Store, Unavailable
from kit.stored import Cursor, Move, Parked

BATCH = 500
QUEUE = 2_000
"""Records of one partition that may wait in memory before its fetching is paused."""
LOUD = 30.0
"""Seconds without anything fitting before a hole is an alarm."""
WATCH = 1.0
"""Seconds between looks at all of this."""
STUCK = 120.0
"""Seconds with work and without progress before the process gives itself up."""

log = structlog.get_logger("consumer")


class Stuck(Exception):
    """A consumer has work and makes no progress: end the process, so that another may try."""


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
        self.parked: set[UUID] = set()
        """Tickets and accounts in our shards of which records are set aside."""
        self._parked_in: dict[int, set[UUID]] = {}
        self._store, self._bus, self._clock = store, bus, clock
        self._follow, self._applied, self._owned = follow, applied, owned
        self._linger = linger
        self._feed: Feed | None = None
        self._paused: set[Place] = set()
        self._poison: dict[tuple[Place, int], str] = {}
        self._singly = 0
        self._stopping = False
        self._progress = clock.elapsed()
        self._watched = clock.elapsed()
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Consume until cancelled. Raises BusError or Stuck when it can't go on: the process should end."""
        feed = await self._bus.feed(self._follow.name, self.topics, self._assigned, self._revoked)
        async with self._turn:
            # The first assignment came before there was a feed to seek with.
            self._feed = feed
            for place, cursor in self.backlog.cursors.items():
                feed.seek(place, cursor.koffset)
        hinted = self._clock.elapsed()
        try:
            while not self._stopping:
                found = await feed.poll(0.02 if self.backlog.ready() else 0.25)
                if found and self._linger:
                    await asyncio.sleep(self._linger)
                    found += await feed.poll(0)
                for message in found:
                    self.backlog.add(message)
                async with self._turn:
                    await self._step()
                self._regulate(feed)
                self._watch()
                if self._clock.elapsed() - hinted > 5:
                    hinted = self._clock.elapsed()
                    await feed.hint({place: at.koffset for place, at in self.backlog.cursors.items() if at.seq})
                    await self._look_for_redriven()
        finally:
            self._feed = None
            await feed.close()

    def stop(self) -> None:
        """Finish the batch in hand, then end."""
        self._stopping = True

    def stalled(self) -> bool:
        """Whether there has been work for a while and none was done."""
        return self._clock.elapsed() - self._progress > LOUD

    def at_end(self, place: Place) -> bool:
        """Whether all that the partition is known to hold has been applied."""
        incomplete = place in self.backlog.holes or place in self.backlog.broken or self.backlog.waiting(place)
        return self._feed is not None and self._feed.lag(place) == 0 and not incomplete

    def lag(self) -> dict[Place, int | None]:
        """Per place how many records are known to be there and not applied; None: not known yet."""
        if self._feed is None:
            return {}
        beyond = {place: self._feed.lag(place) for place in self.backlog.places()}
        return {place: None if n is None else n + self.backlog.waiting(place) for place, n in beyond.items()}

    async def _assigned(self, places: Collection[Place]) -> None:
        async with self._turn:
            await self._rewind(places)
            self._owned({shard for _, shard in self.backlog.places()})
        self._progress = self._clock.elapsed()

    async def _revoked(self, places: Collection[Place]) -> None:
        """The batch in hand is finished first: it has the turn."""
        async with self._turn:
            for place in places:
                self.backlog.end(place)
            self._note_parked({shard: set() for _, shard in places})
            self._owned({shard for _, shard in self.backlog.places()})

    async def _rewind(self, places: Collection[Place]) -> None:
        """Forget what is in memory of these, and read on from where the database stands."""
        shards = sorted({shard for _, shard in places})
        while True:
            try:
                async with self._store.transaction() as tx:
                    known = await tx.cursors(self.topics, shards)
                    parked = await tx.parked_in(shards)
                break
            except Unavailable as error:
                log.warning("waiting for the database", error=str(error))
                await asyncio.sleep(1)
        self._note_parked({shard: parked.get(shard, set()) for shard in shards})
        for place in places:
            cursor = known.get(place, Cursor())
            self.backlog.begin(place, cursor)
            if self._feed:
                self._feed.seek(place, cursor.koffset)

    async def _step(self) -> None:
        dropped = self.backlog.dropped
        batch = self.backlog.take(1 if self._singly else BATCH, self._clock.elapsed())
        if self.backlog.dropped != dropped:
            self._progress = self._clock.elapsed()
        if not batch:
            return
        try:
            await self._apply(batch)
        except Poison as poison:
            log.error("parked", topic=poison.place[0], shard=poison.place[1], seq=poison.seq, reason=poison.reason)
            self._poison[poison.place, poison.seq] = poison.reason
            self.backlog.put_back(batch)
        except BadValue as error:
            if len(batch) == 1:
                self._poison[batch[0].place, batch[0].envelope.shard_seq] = str(error)
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
            await tx.advance(self._moves(batch), seen_by(batch))
            shards = sorted({one.place[1] for one in batch})
            there = await tx.parked_in(shards)
            parked = {shard: there.get(shard, set()) for shard in shards}
            aside: list[Parked] = []
            clear: list[Incoming] = []
            for one in batch:
                reason = self._poison.get((one.place, one.envelope.shard_seq))
                if reason or one.identity in parked[one.place[1]]:
                    parked[one.place[1]].add(one.identity)
                    aside.append(self._aside(one, reason or "follows a parked record"))
                else:
                    clear.append(one)
            if aside:
                await tx.park(aside)
            await self._follow.all(tx, clear)
        self._note_parked(parked)
        self.backlog.applied(batch)
        self._singly = max(0, self._singly - 1)
        self._progress = self._clock.elapsed()
        for one in batch:
            self._poison.pop((one.place, one.envelope.shard_seq), None)
        self._applied(batch)

    def _note_parked(self, found: dict[int, set[UUID]]) -> None:
        self._parked_in |= found
        self.parked = {identity for there in self._parked_in.values() for identity in there}

    async def _look_for_redriven(self) -> None:
        """What is set aside may have been redriven by hand meanwhile."""
        if self.parked:
            async with self._turn:
                shards = sorted({shard for _, shard in self.backlog.places()})
                with suppress(Unavailable):
                    async with self._store.transaction() as tx:
                        parked = await tx.parked_in(shards)
                    self._note_parked({shard: parked.get(shard, set()) for shard in shards})

    def _moves(self, batch: Sequence[Incoming]) -> list[Move]:
        moves: dict[Place, Move] = {}
        for one in batch:
            begun = moves[one.place].before if one.place in moves else self.backlog.cursors[one.place]
            moves[one.place] = Move(*one.place, begun, one.after)
        return list(moves.values())

    def _aside(self, one: Incoming, reason: str) -> Parked:
        return Parked(
            shard=one.message.partition,
            identity=one.identity,
            source=one.message.topic,
            seq=one.envelope.shard_seq,
            record=one.message.value or b"",
            headers=[("key", one.message.key or b""), *one.message.headers],
            # A word of the record may be in it, and the table takes no NUL and no half of a character.
            reason=reason[:1000].replace("\0", "\ufffd").encode(errors="replace").decode(),
            parked_at=self._clock.now(),
        )

    def _regulate(self, feed: Feed) -> None:
        """Fetch no more of what piles up, and again what has shrunk."""
        sizes = {place: self.backlog.waiting(place) for place in self.backlog.places()}
        full = {place for place, size in sizes.items() if size > QUEUE} - self._paused
        thin = {place for place in self._paused if sizes.get(place, 0) < QUEUE // 4}
        if full:
            feed.pause(full)
        if mine := thin & set(feed.assigned()):
            feed.resume(mine)
        self._paused = (self._paused | full) - thin

    def _watch(self) -> None:
        now = self._clock.elapsed()
        if now - self._watched < WATCH:
            return
        self._watched = now
        for message, since_when in (
            ("a hole is not refilled", self.backlog.holes),
            ("what caused it has not come", self.backlog.held),
        ):
            for place, since in since_when.items():
                if now - since > LOUD:
                    log.error(message, topic=place[0], shard=place[1], seconds=round(now - since))
                    since_when[place] = now
        if not (self.backlog.ready() or self._behind()):
            self._progress = now
        elif now - self._progress > STUCK:
            raise Stuck(f"{self._follow.name} has records that wait, and has applied none for {STUCK:.0f} s")

    def _behind(self) -> bool:
        """Whether the broker has records that we could take and don't get."""
        waiting = self.backlog.places() - self.backlog.broken.keys() - self._paused
        return any(self._feed and self._feed.lag(place) for place in waiting)


def seen_by(batch: Sequence[Incoming]) -> list[tuple[int, str, int]]:
    """(shard, topic, seq): how far the batch brings what has been heard, directly or through others."""
    seen: dict[tuple[int, str], int] = {}
    for one in batch:
        topic, shard = one.place
        for heard, seq in (one.envelope.meta.seen | {topic: one.envelope.shard_seq}).items():
            seen[shard, heard] = max(seq, seen.get((shard, heard), 0))
    return [(shard, topic, seq) for (shard, topic), seq in seen.items()]
