"""From the log to the broker: each shard in order, at least once.

Read beyond the cursor, send, await the acknowledgements, advance the cursor under the lease's epoch. After any error
the producer is thrown away and everything goes on from the cursors; consumers drop what they had already.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from uuid import UUID, uuid4

import structlog

from contracts import wire
from contracts.errors import MalformedRecord
from contracts.names import KEYS, shard_of
from kit.bus import Bus, BusError, Producer, Unsendable
from kit.clock import Clock
from kit.store import Store, Unavailable
from kit.stored import Relayed, Row

LEASE = 10.0
"""Seconds of a lease, on the database's own clock."""
IDLE = 0.05
"""Seconds between looks when nobody says that something was written."""
BATCH = 500
BLOCKED = 5.0
"""Seconds until a shard whose next event the broker refuses is tried again."""
KEY_PARTITIONS = 8

log = structlog.get_logger("relay")


class Relay:
    """Sends a service's events. Several replicas share the shards through leases."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        *,
        service: str,
        topic: str,
        wrote: asyncio.Event,
        replica: str | None = None,
        idle: float = IDLE,
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._source = f"/punctual/{service}"
        self._topic = topic
        self._wrote = wrote
        self._idle = idle
        self._owner = uuid4()
        self._replica = replica
        self._epochs: dict[int, int] = {}
        self._lease_ends = 0.0
        self._producer: Producer | None = None
        self._blocked: dict[int, float] = {}
        """Shards whose next event the broker refuses, and when to try again."""
        self._stopping = False
        self.sent = 0
        """How many events the broker has acknowledged."""
        self._waiting_since: float | None = None

    def waiting(self) -> float:
        """Seconds for which events have been waiting and the broker has taken none."""
        return 0.0 if self._waiting_since is None else self._clock.elapsed() - self._waiting_since

    def stop(self) -> None:
        """Send what is there, then end."""
        self._stopping = True
        self._wrote.set()

    async def run(self) -> None:
        """Relay until cancelled; then give up the leases."""
        try:
            async with asyncio.TaskGroup() as group:
                holding = group.create_task(self._hold())
                await group.create_task(self._pump())
                holding.cancel()
        finally:
            await self._leave()

    async def _hold(self) -> None:
        """Keep the leases alive. One that could not be renewed in time is not used any more."""
        succeeded = False
        while True:
            begun = self._clock.elapsed()
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(LEASE / 2), self._store.transaction() as tx:
                    if self._replica and not succeeded:
                        await tx.succeed(self._owner, self._replica)
                    epochs = await tx.lease(self._owner, sorted(self._epochs), LEASE, self._replica)
                self._epochs, self._lease_ends = epochs, begun + LEASE
                succeeded = True
            await asyncio.sleep(LEASE / 4)

    async def _pump(self) -> None:
        while True:
            self._wrote.clear()
            try:
                moved = await self._once()
            except (BusError, Unavailable) as error:
                log.warning("relay starts again from its cursors", error=str(error))
                if isinstance(error, Unavailable):
                    self._waiting_since = None  # it is not the broker that it waits for
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
        """Send what is there; how many events were acknowledged and noted."""
        if not self._epochs or self._clock.elapsed() >= self._lease_ends:
            await asyncio.sleep(IDLE)
            return 0
        epochs = dict(self._epochs)
        now = self._clock.elapsed()
        open_shards = sorted(shard for shard in epochs if self._blocked.get(shard, now) <= now)
        async with self._store.statement() as tx:
            pending = await tx.pending(open_shards, BATCH)
        if not pending.events:
            self._waiting_since = None
            return 0
        if self._waiting_since is None:
            self._waiting_since = self._clock.elapsed()
        producer = self._producer = self._producer or await self._bus.producer()
        while pending.keys and await self._send_keys(producer):
            pass
        done, failure = await self._send(producer, pending.events, epochs)
        if done:
            async with self._store.statement() as tx:
                noted = await tx.relayed(done)
            self._forget([one for one in done if one.shard not in noted])
            done = [one for one in done if one.shard in noted]
            self.sent += sum(one.seq - one.before for one in done)
            self._waiting_since = None
        if isinstance(failure, Unsendable):
            await self._drop_producer()
        elif failure:
            raise failure
        return len(done)

    def _forget(self, lost: Sequence[Relayed]) -> None:
        """Another relay has these shards: to go on with them would be to send the same again and again."""
        for one in lost:
            if self._epochs.get(one.shard) == one.epoch:
                del self._epochs[one.shard]

    async def _send(
        self, producer: Producer, pending: Sequence[tuple[Row, UUID | None]], epochs: dict[int, int]
    ) -> tuple[list[Relayed], BusError | None]:
        """Each shard's events up to the first that was not acknowledged, and why: the broker's fault, or a record's."""
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
                await ack
            except BusError as error:
                failures.append(error)
                if isinstance(error, Unsendable) and row.shard not in broken:
                    self._block(row, error)
                broken.add(row.shard)
            if row.shard not in broken:
                before = done[row.shard].before if row.shard in done else row.shard_seq - 1
                done[row.shard] = Relayed(row.shard, before, row.shard_seq, row.event_id, epochs[row.shard])
        failures.sort(key=lambda error: isinstance(error, Unsendable))
        return list(done.values()), failures[0] if failures else None

    async def _sending(self, producer: Producer, row: Row, previous: UUID | None) -> Awaitable[object]:
        try:
            record = _record(row, previous, self._source)
        except MalformedRecord as error:
            raise Unsendable(f"event {row.shard_seq} of shard {row.shard}: {error}") from error
        return await producer.send(self._topic, record.partition, record.key, record.value, record.headers)

    def _block(self, row: Row, error: BusError) -> None:
        """The others go on; this shard is tried again after a while, since the broker may be set to take it."""
        self._blocked[row.shard] = self._clock.elapsed() + BLOCKED
        log.error("the broker refuses an event", shard=row.shard, seq=row.shard_seq, type=row.type, error=str(error))

    async def _send_keys(self, producer: Producer) -> bool:
        """Send keys that were not acknowledged yet; whether there were any."""
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

    async def _leave(self) -> None:
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(5), self._store.transaction() as tx:
                await tx.release(self._owner, sorted(self._epochs))
                await tx.leave(self._owner)
        self._epochs = {}
        await self._drop_producer()


def _record(row: Row, previous: UUID | None, source: str) -> wire.Record:
    return wire.record_of_row(
        source=source,
        shard=row.shard,
        shard_seq=row.shard_seq,
        stream=row.stream,
        version=row.version,
        event_id=row.event_id,
        command_id=row.command_id,
        type=row.type,
        schema_version=row.schema_version,
        recorded_at=row.recorded_at,
        data=row.data,
        meta=row.meta,
        previous=previous,
    )
