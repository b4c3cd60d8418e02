"""Shards of a log held beside what the broker has of them: what the log lacks is adopted, byte for byte."""

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
"""Real seconds by which the clocks of two replicas may differ: so far ahead of ours something may have been settled."""
MAX_ADOPTED_RECORDS = 200
"""Records adopted in a transaction."""

AfterAdoption = Callable[[SqlTx, Sequence[Fact]], Awaitable[None]]
"""What of a service's tables is no read model but follows from facts: completed in the adopting transaction."""

BeforeAdoption = Callable[[AsyncIterator[Fact]], Awaitable[None]]
"""Told, before anything is adopted, of every fact of the topic that the log may lack, in whichever shard."""


class Lost(NamedTuple):
    """The last event that the broker had taken and has no more, and from which offset on it may come again."""

    seq: int
    event_id: UUID | None
    offset: int


log = structlog.get_logger("recovery")


async def nothing(tx: SqlTx, facts: Sequence[Fact]) -> None:
    """All tables are read models."""


class Adoption:
    """Between a service's log and its topic. `wrote` is told when something was adopted."""

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
        """By shard, what the broker had taken and has no more."""
        self.marks: dict[int, str] = {}
        """By shard what the log was marked with when it was opened or closed here."""
        self.ready = False
        """Whether all has come that has to come before anything is adopted."""
        self._begins: Callable[[], None] = lambda: None

    async def complete(self, shards: Sequence[int], *, another: bool, begins: Callable[[], None]) -> set[int]:
        """Compare shards, and open or close each; those that were compared.

        `another`: it is known that something is missing. `begins` is told once it may take long, because something is
        missing or a whole partition has to be read. Raises BusError, Unavailable.
        """
        self.ready, self._begins = False, begins
        if another:
            await self._get_ready()
        # What doesn't follow on anything may be the end of something that began before: read all of it then.
        if again := await self._hold_beside(shards, whole=False):
            begins()
            await self._hold_beside(again, whole=True)
        return set(shards)

    async def look_again(self, shards: Collection[int]) -> None:
        """See which of these shards were sent again meanwhile, and forget the others. Raises BusError."""
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
        """Something was lost: get the keys and what else has to come first, once."""
        if not self.ready:
            log.warning("the database went back in time, or is another: what it lacks comes from the broker")
            self.ready = True
            self._begins()
            await self._keys.complete()
            if self._settles:
                # What was announced before holds: nothing is recorded before that, though this database forgot it.
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

    async def _hold_beside(self, shards: Sequence[int], *, whole: bool) -> list[int]:
        """Compare what these partitions have, adopt what is missing, and open or close the shards; those that were
        left as they are, since their partitions have to be read from the beginning."""
        async with self._store.statement() as tx:
            log_ends = await tx.log_ends(shards)
        comparisons = {one.shard: Comparison.of(one) for one in log_ends}
        behind: dict[int, int] = {}
        offsets = dict.fromkeys(shards, 0) if whole else _offsets(log_ends)
        # Those that are read from the beginning: also where the topic has nothing at the offset that was asked for.
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
                    # The relay's cursor stays: how far who reads in order got by then is not known.
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
    """From where on each partition is read: the last record that is known to be in the log comes first."""
    return {one.shard: max(0, one.koffset - 1) for one in log_ends}


def _readable(messages: Iterable[Message]) -> list[Incoming]:
    """The records that are events of ours: what is none has no number."""
    found = []
    for message in messages:
        try:
            found.append(read(message))
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
    return found


def _row_of(incoming: Incoming) -> Row:
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
