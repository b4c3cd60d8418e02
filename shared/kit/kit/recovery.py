"""A database that went back in time, and how its log takes up again what the broker has of it.

A shard is compared when its lease is taken, and whenever its mark in the database doesn't hold: then the database was
restored, or another server answers. Until that is done nothing is appended to it, by whichever replica. Others have
acted on what the broker has, so that is adopted; if something else was written under a number that the broker has, the
two can't be made one log, and the shard stops. See docs/decisions, "A database that went back in time".
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import timedelta

import msgspec
import structlog

from contracts.envelope import Fact
from contracts.errors import MalformedEvent, MalformedRecord, SealBroken, UnknownEvent
from contracts.names import SHARDS
from kit.bus import Bus, BusError, Message
from kit.clock import Clock
from kit.inbox import Incoming, read
from kit.keys import KeyTable
from kit.lacking import Comparison, Numbered
from kit.ownership import Ownership
from kit.perform import Core
from kit.store import Store, Tx, Unavailable
from kit.stored import Closed, Row, Standing

LOOK = 0.5
"""Seconds between looks at which shards are ours, and which are closed."""
PATIENCE = 5.0
"""Seconds for the broker to answer before a database that is the same as ever is used without having been compared."""
BEYOND = 2.0
"""Real seconds by which the clocks of two replicas may differ: so far ahead of ours something may have been settled."""
ADOPTED_AT_ONCE = 200
"""Records adopted in a transaction."""

Adopted = Callable[[Tx, Sequence[Fact]], Awaitable[None]]
"""What of a service's tables is no read model but follows from facts: completed in the adopting transaction."""

Ahead = Callable[[AsyncIterator[Fact]], Awaitable[None]]
"""Told, before anything is adopted, of every fact of the topic that the log may lack, in whichever shard."""

log = structlog.get_logger("recovery")


async def nothing(tx: Tx, facts: Sequence[Fact]) -> None:
    """All tables are read models."""


class Recovery:
    """Compares the shards of a service's log that are ours with its topic."""

    def __init__(
        self,
        *,
        store: Store,
        bus: Bus,
        clock: Clock,
        core: Core,
        keys: KeyTable,
        topic: str,
        ownership: Ownership,
        ahead: Ahead | None = None,
        adopted: Adopted = nothing,
        settles: bool = False,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._bus, self._clock, self._core, self._keys = store, bus, clock, core, keys
        self._topic, self._ownership, self._ahead, self._adopted, self._wrote = topic, ownership, ahead, adopted, wrote
        self._settles = settles
        self._compared: dict[int, int] = {}
        """By shard in which epoch of its lease."""
        self._trusted: dict[int, int] = {}
        """Likewise, shards that are used without having been compared, since the broker is away."""
        self.closed: Mapping[int, Closed] = {}
        """The shards to which nothing may be appended, as was last seen."""
        self.adopted = 0
        """How many events were adopted here."""
        self._alone = False
        """Whether the broker is away, as was said already."""
        self._ready = False
        self._limit: asyncio.Timeout

    def compared(self, shard: int) -> bool:
        """Whether a shard was compared since its lease became ours: only then is anything sent of it."""
        term = self._ownership.leased.get(shard)
        return term is not None and self._compared.get(shard) == term.epoch

    def admits(self, shard: int, epoch: int) -> bool:
        """Whether it may be worked in: it is complete, or at least no other than it was, and has not stopped."""
        known = self._compared.get(shard) == epoch or self._trusted.get(shard) == epoch
        return known and not ((closed := self.closed.get(shard)) and closed.reason)

    def warnings(self) -> Iterator[str]:
        """What is to be said of shards that take nothing."""
        if unsure := sorted(shard for shard, one in self.closed.items() if one.unsure):
            yield f"shards {unsure} take nothing until the log has been compared with what the broker has of it"
        for shard, one in sorted(self.closed.items()):
            if one.reason:
                yield f"shard {shard} takes nothing, see docs/runbooks/parted-log.md: {one.reason}"

    async def begin(self, *, every: bool = False) -> None:
        """Before the service starts: compare what never was. Raises Unavailable.

        `every`: and wait until there is nothing that has to be compared first, whosever it is.
        """
        while True:
            async with self._store.statement() as tx:
                self.closed = await tx.closed()
                fresh = {one.shard for one in await tx.standings(range(SHARDS)) if not one.compared}
            unsure = {shard for shard, one in self.closed.items() if one.unsure}
            try:
                await self._compare(fresh | unsure if every else fresh - unsure)
                return
            except BusError as error:
                log.warning("the start waits until the log can be compared with the broker", error=str(error))
                await asyncio.sleep(LOOK)

    async def run(self) -> None:
        """Compare what becomes ours, and what has to be compared, until cancelled."""
        while True:
            self._ownership.changed.clear()
            try:
                await self._look()
            except (BusError, Unavailable) as error:
                log.warning("the log is not compared with the broker yet", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._ownership.changed.wait()

    async def _look(self) -> None:
        async with self._store.statement() as tx:
            self.closed = await tx.closed()
        mine = {shard: term.epoch for shard, term in self._ownership.leased.items()}
        unsure = {shard for shard, one in self.closed.items() if one.unsure}
        if unsure & (self._compared.keys() | self._trusted.keys()):
            self._ownership.anew()
        still = {shard: epoch for shard, epoch in mine.items() if shard not in unsure}
        self._compared = {shard: epoch for shard, epoch in self._compared.items() if still.get(shard) == epoch}
        self._trusted = {shard: epoch for shard, epoch in self._trusted.items() if still.get(shard) == epoch}
        wanted = {shard: epoch for shard, epoch in mine.items() if shard not in self._compared}
        done = await self._compare(wanted)
        self._compared |= {shard: mine[shard] for shard in done}
        self._trusted |= {shard: epoch for shard, epoch in wanted.items() if shard not in done}
        if wanted:
            async with self._store.statement() as tx:
                self.closed = await tx.closed()

    async def _compare(self, shards: Collection[int]) -> set[int]:
        """Compare shards, and open or close each; those that were compared. Raises Unavailable; and BusError, if the
        database is not the one it was and the broker doesn't say what it has."""
        if not shards:
            return set()
        self._ready = False
        another = any(one.another for shard, one in self.closed.items() if shard in shards and one.unsure)
        try:
            async with asyncio.timeout(PATIENCE) as self._limit:
                if another:
                    await self._get_ready()
                done = await self._complete(sorted(shards))
                self._alone = False
                return done
        except (BusError, TimeoutError) as error:
            if self._ready or another:
                raise BusError(f"the database went back in time, and the broker can't be asked: {error!r}") from error
            # At most its server was started anew: the door stays open while the broker is away.
            await self._keep_as_it_is(shards)
            if not self._alone:
                log.warning("the log is used without having been compared with the broker", error=repr(error))
            self._alone = True
            return set()

    async def _keep_as_it_is(self, shards: Collection[int]) -> None:
        async with self._store.transaction() as tx:
            for shard in sorted(shards):
                match self.closed.get(shard):
                    case Closed(reason="", unsure=True):
                        await tx.open(shard)
                    case Closed(reason=reason, unsure=True):
                        await tx.close(shard, reason)

    async def _get_ready(self) -> None:
        """Something was lost: take all the time it needs, and get the keys and what else has to come first."""
        if not self._ready:
            log.warning("the database went back in time, or is another: what it lacks comes from the broker")
            self._ready = True
            self._limit.reschedule(None)
            await self._keys.complete()
            if self._settles:
                # What was announced before holds: nothing is recorded before that, though this database forgot it.
                beyond = timedelta(seconds=BEYOND / self._clock.real(timedelta(seconds=1)))
                async with self._store.statement() as tx:
                    await tx.settle(self._clock.now() + beyond)
            await self._tell_ahead()

    async def _complete(self, shards: Sequence[int]) -> set[int]:
        first = await self._hold_beside(shards, whole=False)
        # What doesn't follow on anything may be the end of something that began before: read all of it then.
        again = [shard for shard, one in first.items() if one.strays and not one.fork]
        return {*first, *(await self._hold_beside(again, whole=True) if again else ())}

    async def _tell_ahead(self) -> None:
        if self._ahead is None:
            return
        async with self._store.statement() as tx:
            standings = await tx.standings(range(SHARDS))

        async def facts() -> AsyncIterator[Fact]:
            async with aclosing(self._bus.beyond(self._topic, _offsets(standings))) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    for one in _readable(batch):
                        try:
                            yield one.fact()
                        except (UnknownEvent, MalformedEvent):
                            continue

        await self._ahead(facts())

    async def _hold_beside(self, shards: Sequence[int], *, whole: bool) -> dict[int, Comparison]:
        """Compare what these partitions have, adopt what is missing, and open or close the shards."""
        async with self._store.statement() as tx:
            standings = await tx.standings(shards)
        comparisons = {one.shard: Comparison.of(one) for one in standings}
        behind: dict[int, int] = {}
        offsets = dict.fromkeys(shards, 0) if whole else _offsets(standings)
        async with aclosing(self._bus.beyond(self._topic, offsets)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                behind |= {message.partition: message.offset + 1 for message in batch}
                await self._take(comparisons, _readable(batch))
        async with self._store.transaction() as tx:
            for shard, one in comparisons.items():
                if one.fork:
                    log.critical("this log and the broker's have parted; the shard stops", shard=shard, why=one.fork)
                    await tx.close(shard, one.fork)
                    continue
                if one.strays and whole:
                    log.warning("records that follow on nothing are passed over", shard=shard, count=one.strays)
                if whole or not one.strays:
                    on = (one.relayed, one.relayed_id) if one.relayed_id else None
                    await tx.open(shard, behind.get(shard), on)
        return comparisons

    async def _take(self, comparisons: Mapping[int, Comparison], records: Sequence[Incoming]) -> None:
        asked: set[Numbered] = set()
        for one in records:
            asked.update(comparisons[one.message.partition].asks(one.envelope))
        async with self._store.statement() as tx:
            ours = await tx.ids(sorted(asked)) if asked else {}
        missing: dict[int, list[Incoming]] = {}
        for one in records:
            shard = one.message.partition
            if comparisons[shard].take(one.envelope, ours):
                missing.setdefault(shard, []).append(one)
        if missing:
            await self._get_ready()
        for shard, found in missing.items():
            for begun in range(0, len(found), ADOPTED_AT_ONCE):
                await self._adopt(comparisons[shard], found[begun : begun + ADOPTED_AT_ONCE])

    async def _adopt(self, comparison: Comparison, records: Sequence[Incoming]) -> None:
        if comparison.fork:
            return
        try:
            async with self._store.transaction() as tx:
                facts = await self._core.adopt(tx, [row_of(one) for one in records])
                if facts is None:
                    raise Unavailable("somebody else has appended to the shard or adopted first")
                await self._adopted(tx, facts)
        except (UnknownEvent, MalformedEvent, SealBroken) as error:
            comparison.fork = f"the broker has an event that this version can't read: {error}"
            return
        self.adopted += len(records)
        log.info("adopted", shard=comparison.shard, first=records[0].envelope.shard_seq, count=len(records))
        self._wrote()


def _offsets(standings: Iterable[Standing]) -> dict[int, int]:
    """From where on each partition is read: the last record that is known to be in the log comes first."""
    return {one.shard: max(0, one.koffset - 1) for one in standings}


def _readable(messages: Iterable[Message]) -> list[Incoming]:
    """The records that are events of ours: what is none has no number."""
    found = []
    for message in messages:
        try:
            found.append(read(message))
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
    return found


def row_of(incoming: Incoming) -> Row:
    """The row that a record was made from, byte for byte."""
    envelope, message = incoming.envelope, incoming.message
    return Row(
        shard=message.partition,
        shard_seq=envelope.shard_seq,
        stream=envelope.stream,
        version=envelope.version,
        event_id=envelope.event_id,
        command_id=envelope.command_id,
        type=envelope.name,
        schema_version=envelope.schema_version,
        recorded_at=envelope.recorded_at,
        data=(message.value or b"").decode(),
        meta=msgspec.json.encode(envelope.meta).decode(),
    )
