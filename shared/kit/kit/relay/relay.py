"""From the log to the broker: each shard in order, at least once.

It reads the events after the cursor, sends them, awaits the acknowledgements, and advances the cursor under the
lease's epoch. After any error it makes a new producer and goes on from the cursors; consumers drop duplicates.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

import structlog

from contracts.errors import MalformedRecord
from contracts.names import KEYS, shard_of
from kit.bus import Bus, BusError, Producer, Unsendable
from kit.clock import Clock
from kit.shards.ownership import Ownership
from kit.store import Store, Unavailable
from kit.store.rows import record_of
from kit.store.values import Relayed, Row

IDLE_SECONDS = 0.05
"""Seconds between looks while `wrote` is not set."""
MAX_BATCH_EVENTS = 500
REFUSED_RETRY_SECONDS = 5.0
"""Seconds until an event that the broker refuses is sent again."""
KEY_PARTITIONS = 8

log = structlog.get_logger("relay")


class Refused(NamedTuple):
    """An event that the broker refuses, and its reason."""

    seq: int
    type: str
    reason: str


class Relay:
    """Sends a service's events. Each replica sends those of its own shards."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        ownership: Ownership,
        *,
        service: str,
        topic: str,
        wrote: asyncio.Event,
        idle: float = IDLE_SECONDS,
        compared: Callable[[int], bool] = lambda shard: True,
    ) -> None:
        self.ownership = ownership
        self._compared = compared
        self._store = store
        self._bus = bus
        self._clock = clock
        self._source = f"/punctual/{service}"
        self._topic = topic
        self._wrote = wrote
        self._idle = idle
        self._producer: Producer | None = None
        self._blocked: dict[int, float] = {}
        """Shards whose next event the broker refuses, and the elapsed seconds at which to try again."""
        self.refused: dict[int, Refused] = {}
        """By shard, the event that the broker refuses, until it takes it."""
        self._doubted: dict[int, float] = {}
        """Shards that another replica seems to own, and since when: they wait until our leases have been renewed."""
        self._stopping = False
        self.sent = 0
        """How many events the broker has acknowledged."""
        self._waiting_since: float | None = None

    def stalled_seconds(self) -> float:
        """Seconds for which events have waited while the broker took none."""
        return 0.0 if self._waiting_since is None else self._clock.elapsed() - self._waiting_since

    def stop(self) -> None:
        """Send all that is written, then end."""
        self._stopping = True
        self._wrote.set()

    async def run(self) -> None:
        """Relay until cancelled, or after `stop` until all is sent."""
        try:
            await self._pump()
        finally:
            await self._drop_producer()

    async def _pump(self) -> None:
        while True:
            self._wrote.clear()
            try:
                moved = await self._once()
            except (BusError, Unavailable) as error:
                log.warning("relay starts again from its cursors", error=str(error))
                if isinstance(error, Unavailable):
                    self._waiting_since = None  # it waits for the database, not for the broker
                await self._drop_producer()
                await asyncio.sleep(0.5)
                continue
            if not moved:
                if self._stopping:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._idle):
                        await self._wrote.wait()

    async def _once(self) -> int:
        """Send what is written. Returns how many shards advanced."""
        if not (epochs := self.ownership.held()):
            await asyncio.sleep(IDLE_SECONDS)
            return 0
        self.refused = {shard: one for shard, one in self.refused.items() if shard in epochs}
        epochs = {shard: epoch for shard, epoch in epochs.items() if self._compared(shard)}
        now = self._clock.elapsed()
        open_shards = sorted(shard for shard in epochs if self._blocked.get(shard, now) <= now and self._is_sure(shard))
        async with self._store.statement() as tx:
            pending = await tx.pending(open_shards, MAX_BATCH_EVENTS)
        if not pending.events and not pending.keys:
            self._waiting_since = None
            return 0
        if self._waiting_since is None:
            self._waiting_since = self._clock.elapsed()
        producer = self._producer = self._producer or await self._bus.producer()
        while pending.keys and await self._send_keys(producer):
            pass
        if not pending.events:  # only keys were to be sent
            self._waiting_since = None
            return 0
        done, failure = await self._send(producer, pending.events, epochs)
        if done:
            async with self._store.statement() as tx:
                noted = await tx.relayed(done)
            # Another relay owns these, or their cursors were moved: don't send the same events again and again.
            self._doubted |= {one.shard: self._clock.elapsed() for one in done if one.shard not in noted}
            done = [one for one in done if one.shard in noted]
            sent = {one.shard: one.seq for one in done}
            self.refused = {shard: one for shard, one in self.refused.items() if sent.get(shard, 0) < one.seq}
            self.sent += sum(one.seq - one.before for one in done)
            self._waiting_since = None
        if isinstance(failure, Unsendable):
            await self._drop_producer()
        elif failure:
            raise failure
        return len(done)

    def _is_sure(self, shard: int) -> bool:
        """Whether our lease of the shard was renewed since we doubted it."""
        return self._doubted.get(shard, -1.0) < self.ownership.renewed

    async def _send(
        self, producer: Producer, pending: Sequence[tuple[Row, UUID | None]], epochs: dict[int, int]
    ) -> tuple[list[Relayed], BusError | None]:
        """Send events. Returns what was acknowledged of each shard without a gap, and the worst failure, if any."""
        acks = []
        broken: set[int] = set()
        failures: list[BusError] = []
        for row, previous in pending:
            if row.shard in broken:
                continue
            try:
                acks.append((row, await self._sending(producer, row, previous)))
            except BusError as error:
                failures.append(error)
                broken.add(row.shard)
                if not isinstance(error, Unsendable):
                    break
                self._block(row, error)
        done: dict[int, Relayed] = {}
        for row, ack in acks:
            try:
                offset = await ack
            except BusError as error:
                failures.append(error)
                if isinstance(error, Unsendable) and row.shard not in broken:
                    self._block(row, error)
                broken.add(row.shard)
            if row.shard not in broken:
                before = done[row.shard].before if row.shard in done else row.shard_seq - 1
                behind = None if offset is None else offset + 1
                done[row.shard] = Relayed(row.shard, before, row.shard_seq, row.event_id, epochs[row.shard], behind)
        failures.sort(key=lambda error: isinstance(error, Unsendable))
        return list(done.values()), failures[0] if failures else None

    async def _sending(self, producer: Producer, row: Row, previous: UUID | None) -> Awaitable[int | None]:
        try:
            record = record_of(row, previous, self._source)
        except MalformedRecord as error:
            raise Unsendable(f"event {row.shard_seq} of shard {row.shard}: {error}") from error
        return await producer.send(self._topic, record.partition, record.key, record.value, record.headers)

    def _block(self, row: Row, error: BusError) -> None:
        """Stop sending this shard for a while; the others go on. The broker may be set to take the event later."""
        self._blocked[row.shard] = self._clock.elapsed() + REFUSED_RETRY_SECONDS
        self.refused[row.shard] = Refused(row.shard_seq, row.type, str(error))
        log.error("the broker refuses an event", shard=row.shard, seq=row.shard_seq, type=row.type, error=str(error))

    async def _send_keys(self, producer: Producer) -> bool:
        """Send keys that were not acknowledged yet. Returns whether there were any."""
        async with self._store.statement() as tx:
            keys = await tx.keys_to_relay()
        if not keys:
            return False
        acks = [
            await producer.send(KEYS, shard_of(subject) % KEY_PARTITIONS, str(subject).encode(), wrapped)
            for subject, wrapped in keys.items()
        ]
        for ack in acks:
            await ack
        async with self._store.statement() as tx:
            await tx.keys_relayed(sorted(keys))
        return True

    async def _drop_producer(self) -> None:
        if self._producer:
            producer, self._producer = self._producer, None
            await producer.close()
