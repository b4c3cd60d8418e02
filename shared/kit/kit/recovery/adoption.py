"""Comparing shards of a log with their partitions at the broker, and adopting, byte for byte, what the log lacks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import structlog

from contracts.envelope import Fact
from contracts.errors import MalformedEvent, MalformedRecord, SealBroken, UnknownEvent
from contracts.names import SHARDS
from kit.bus import Bus, Message
from kit.clock import Clock
from kit.consume.inbox import Incoming, read
from kit.log.perform import Core
from kit.personal.keys import KeyTable
from kit.recovery.lacking import Comparison, Numbered
from kit.store import Unavailable
from kit.store.sql import SqlStore, SqlTx
from kit.store.values import LogEnd, Row

CLOCK_DIFFERENCE_SECONDS = 2.0
"""Real seconds by which replicas' clocks may differ: the lost database may have settled so far ahead of our clock."""
MAX_ADOPTED_RECORDS = 200
"""Records adopted in one transaction."""

AfterAdoption = Callable[[SqlTx, Sequence[Fact]], Awaitable[None]]
"""Completes tables of a service that are no read models, from adopted facts, in the same transaction."""

BeforeAdoption = Callable[[AsyncIterator[Fact]], Awaitable[None]]
"""Called, before anything is adopted, with every fact of the topic that the log may lack, of all shards."""


class Lost(NamedTuple):
    """The last event that the broker had acknowledged and has lost, and the offset from which on it may come again."""

    seq: int
    event_id: UUID | None
    offset: int


log = structlog.get_logger("recovery")


async def nothing(tx: SqlTx, facts: Sequence[Fact]) -> None:
    """For a service whose tables are all read models."""


class Adoption:
    """Compares a service's log with its topic. `wrote` is called after events were adopted."""

    def __init__(
        self,
        *,
        store: SqlStore,
        bus: Bus,
        clock: Clock,
        core: Core,
        keys: KeyTable,
        topic: str,
        before_adoption: BeforeAdoption | None = None,
        after_adoption: AfterAdoption = nothing,
        settles: bool = False,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._bus, self._clock, self._core, self._keys = store, bus, clock, core, keys
        self._topic, self._before_adoption, self._after_adoption, self._settles, self._wrote = (
            topic,
            before_adoption,
            after_adoption,
            settles,
            wrote,
        )
        self.adopted = 0
        """How many events were adopted here."""
        self.lost: dict[int, Lost] = {}
        """By shard, what the broker had acknowledged and has lost."""
        self.marks: dict[int, str] = {}
        """By shard, the mark of the log when this process opened or closed it."""
        self.ready = False
        """Whether the keys, and what else has to come first, are here, so that events can be adopted."""
        self._begins: Callable[[], None] = lambda: None

    async def complete(self, shards: Sequence[int], *, another: bool, begins: Callable[[], None]) -> set[int]:
        """Compare shards, and open or close each. Returns the shards that were compared.

        `another`: the database is known to lack something. `begins` is called when it may take long, because something
        is missing or a whole partition must be read. Raises BusError, Unavailable.
        """
        self.ready, self._begins = False, begins
        if another:
            await self._get_ready()
        # Records that follow on nothing may continue earlier ones that we skipped: read those partitions as a whole.
        if again := await self._compare(shards, whole=False):
            begins()
            await self._compare(again, whole=True)
        return set(shards)

    async def look_again(self, shards: Collection[int]) -> None:
        """Check which lost events of these shards were sent again; forget other shards. Raises BusError."""
        self.lost = {shard: one for shard, one in self.lost.items() if shard in shards}
        if not self.lost:
            return
        offsets = {shard: one.offset for shard, one in self.lost.items()}
        async with aclosing(self._bus.beyond(self._topic, offsets)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                for one in _readable(batch):
                    shard = one.message.partition
                    if (lost := self.lost.get(shard)) and lost.event_id == one.envelope.event_id:
                        del self.lost[shard]
                    elif lost:
                        self.lost[shard] = lost._replace(offset=one.message.offset + 1)

    async def _get_ready(self) -> None:
        """Once, before the first event is adopted: get the keys, settle, and call `before_adoption`."""
        if not self.ready:
            log.warning("the database went back in time, or is another: what it lacks comes from the broker")
            self.ready = True
            self._begins()
            await self._keys.complete()
            if self._settles:
                # The lost database may have announced a floor that this one doesn't know: record nothing before it.
                beyond = timedelta(seconds=CLOCK_DIFFERENCE_SECONDS / self._clock.real(timedelta(seconds=1)))
                async with self._store.statement() as tx:
                    await tx.settle(self._clock.now() + beyond)
            await self._announce_missing()

    async def _announce_missing(self) -> None:
        if self._before_adoption is None:
            return
        async with self._store.statement() as tx:
            log_ends = await tx.log_ends(range(SHARDS))

        async def facts() -> AsyncIterator[Fact]:
            async with aclosing(self._bus.beyond(self._topic, _offsets(log_ends))) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    for one in _readable(batch):
                        try:
                            yield one.fact()
                        except (UnknownEvent, MalformedEvent):
                            continue

        await self._before_adoption(facts())

    async def _compare(self, shards: Sequence[int], *, whole: bool) -> list[int]:
        """Compare partitions with the log, adopt what is missing, and open or close the shards.

        Returns the shards that were left alone, because their partitions must be read from the beginning.
        """
        async with self._store.statement() as tx:
            log_ends = await tx.log_ends(shards)
        comparisons = {one.shard: Comparison.of(one) for one in log_ends}
        behind: dict[int, int] = {}
        offsets = dict.fromkeys(shards, 0) if whole else _offsets(log_ends)
        # Partitions read from the beginning, also because they have nothing at the offset that we asked for.
        begun = set(shards) if whole else set()
        async with aclosing(self._bus.beyond(self._topic, offsets)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                behind |= {message.partition: message.offset + 1 for message in batch}
                begun |= {message.partition for message in batch if message.offset < offsets[message.partition]}
                await self._take(comparisons, _readable(batch))
        again: list[int] = []
        async with self._store.transaction() as tx:
            for shard, one in comparisons.items():
                if one.fork:
                    log.critical("this log and the broker's have parted; the shard stops", shard=shard, why=one.fork)
                    await tx.close(shard, one.fork)
                elif shard in begun:
                    if one.strays:
                        log.warning("records that follow on nothing are passed over", shard=shard, count=one.strays)
                    if one.lost:
                        self.lost[shard] = Lost(one.sent, one.sent_id, behind.get(shard, 0))
                    # Leave the relay's cursor: we don't know how far the consumers are that read in order.
                    await tx.open(shard, behind.get(shard))
                elif one.strays or one.lost:
                    again.append(shard)
                else:
                    on = (one.relayed, one.relayed_id) if one.relayed_id else None
                    await tx.open(shard, behind.get(shard), on)
            self.marks |= await tx.marks(sorted(comparisons.keys() - set(again)))
        return again

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
            for begun in range(0, len(found), MAX_ADOPTED_RECORDS):
                await self._adopt(comparisons[shard], found[begun : begun + MAX_ADOPTED_RECORDS])

    async def _adopt(self, comparison: Comparison, records: Sequence[Incoming]) -> None:
        if comparison.fork:
            return
        try:
            async with self._store.transaction() as tx:
                facts = await self._core.adopt(tx, [_row_of(one) for one in records])
                if facts is None:
                    raise Unavailable("somebody else has appended to the shard or adopted first")
                await self._after_adoption(tx, facts)
        except (UnknownEvent, MalformedEvent, SealBroken) as error:
            comparison.fork = f"the broker has an event that this version can't read: {error}"
            return
        self.adopted += len(records)
        log.info("adopted", shard=comparison.shard, first=records[0].envelope.shard_seq, count=len(records))
        self._wrote()


def _offsets(log_ends: Iterable[LogEnd]) -> dict[int, int]:
    """The offset from which to read each partition: that of the last record known to be in the log."""
    return {one.shard: max(0, one.koffset - 1) for one in log_ends}


def _readable(messages: Iterable[Message]) -> list[Incoming]:
    """The records that are events of ours; others are logged and dropped."""
    found = []
    for message in messages:
        try:
            found.append(read(message))
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
    return found


def _row_of(incoming: Incoming) -> Row:
    """The row from which a record was made, byte for byte."""
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
