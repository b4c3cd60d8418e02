"""A service at work: its store, core, consumer, relay, timers and HTTP, wired to one another."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import FastAPI

from kit import health, sql
from kit.auth import Verifier
from kit.bus import Bus
from kit.clock import AcceleratedClock, Clock
from kit.consume import Consumer
from kit.follow import Follow
from kit.http import Desk, app_for
from kit.inbox import Incoming
from kit.keys import KeyTable
from kit.metrics import Metrics
from kit.perform import Core
from kit.policy_book import PolicyBook
from kit.postgres import PostgresStore
from kit.relay import Relay
from kit.service import Service
from kit.settings import Common, ServiceSettings, SettingsError
from kit.settled import Edge, Heartbeat, Listener
from kit.store import Unavailable
from kit.timers import Timers
from kit.vault import Vault
from kit.writer import Writer

SKEW = 1.0
"""Seconds that this process's clock may be away from its database server's."""

REAL = AcceleratedClock(1.0, datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""What real time is called in the database."""

log = structlog.get_logger("service")


class Running:
    """One service in this process."""

    def __init__(self, service: Service, common: Common, own: ServiceSettings, store: PostgresStore, bus: Bus) -> None:
        self.service, self.common, self.own, self.store, self.bus = service, common, own, store, bus
        self.clock: Clock = common.clock()
        self.started = self.stopping = False
        self.skew = 0.0
        self.keys = KeyTable(store, bus)
        self.vault = Vault(
            common.master_key, makes=service.makes_keys, fetch=None if service.makes_keys else self.keys.fetch
        )
        self.core = Core(
            topic=service.topic,
            decider=service.decider,
            vault=self.vault,
            project=service.project,
            prepare=service.prepare,
        )
        self.writer = Writer(store, self.core, self.clock)
        self.book = PolicyBook(service.policy, service.fold_policy)
        self.relay = Relay(store, bus, self.clock, service=service.name, topic=service.topic, wrote=self.writer.wrote)
        self.edge = Edge()
        self.consumer = self._consumer() if service.listens else None
        self.timers = self._timers() if service.ringing else None
        self.metrics = Metrics(self)
        verifier = Verifier(common.token_secret.get_secret_value(), self.clock)
        self.desk = Desk(store=store, core=self.core, writer=self.writer, clock=self.clock, verifier=verifier)

    def _consumer(self) -> Consumer:
        follow = Follow(
            name=self.service.name,
            core=self.core,
            react=self.service.react,
            clock=self.clock,
            book=self.book,
            look_up=self.service.look_up,
            wrote=self.writer.wrote.set,
        )
        return Consumer(
            store=self.store,
            bus=self.bus,
            clock=self.clock,
            topics=self.service.listens,
            follow=follow,
            applied=self._applied,
            owned=self._owned,
        )

    def _timers(self) -> Timers:
        assert self.service.ringing
        assert self.consumer
        consumer = self.consumer
        timers = Timers(
            name=self.service.name,
            store=self.store,
            core=self.core,
            clock=self.clock,
            edge=self.edge,
            ringing=self.service.ringing,
            at_end=lambda shard: consumer.at_end((self._verdicts_from, shard)),
            parked=lambda: consumer.parked,
            wrote=self.writer.wrote.set,
        )
        self.core.when_timers_are_set(timers.add)
        return timers

    @property
    def _verdicts_from(self) -> str:
        """The topic whose settled edge the timers wait for: the first that the service listens to."""
        return self.service.listens[0]

    def app(self) -> FastAPI:
        """The HTTP API."""
        app = app_for(self.service.name, self.desk, self.service.summary)
        app.state.running = self
        app.include_router(health.router_for(self))
        for router in self.service.routers:
            app.include_router(router)
        return app

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return abs(self.skew) <= SKEW

    def lag(self) -> dict[str, int]:
        """Per topic how many records are known to be there and not applied."""
        behind = dict.fromkeys(self.service.listens, 0)
        for (topic, _), lag in (self.consumer.lag() if self.consumer else {}).items():
            behind[topic] += lag or 0
        return behind

    async def prepare(self) -> None:
        """All that must be so before work begins. Raises SettingsError for another clock than the data's."""
        await self._check_clock()
        await self._measure()
        async with self.store.transaction() as tx:
            await self.book.load(tx)
        if self.service.before:
            await self.service.before(self)

    def tasks(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs beside HTTP."""
        running: list[Coroutine[Any, Any, None]] = [self.writer.run(), self.relay.run(), self._keep_measuring()]
        if self.consumer:
            running.append(self.consumer.run())
        if self.timers:
            running += [self.timers.run(), Listener(self.bus, self.clock, self.edge, self.timers.wake).run()]
        if self.service.heartbeat:
            running.append(Heartbeat(self.store, self.bus, self.clock, sound=self.sound).run())
        if not self.service.makes_keys:
            running.append(self.keys.run())
        return running + [part(self) for part in self.service.parts]

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand. The tasks end by themselves or are cancelled after this."""
        self.stopping = True
        await self.writer.drain()
        for part in (self.consumer, self.timers, self.relay):
            if part:
                part.stop()

    def _applied(self, batch: Sequence[Incoming]) -> None:
        elapsed = self.clock.elapsed()
        for one in batch:
            topic, shard = one.place
            log.info(
                "handled",
                service=self.service.name,
                type=one.envelope.name,
                stream=one.envelope.stream,
                topic=topic,
                shard=shard,
                seq=one.envelope.shard_seq,
                trace_id=(one.envelope.meta.traceparent or "--").split("-")[1],
            )
            if self.timers and topic == self._verdicts_from:
                self.edge.applied(shard, one.envelope.shard_seq, one.envelope.recorded_at, elapsed)
        if self.timers:
            self.timers.wake()

    def _owned(self, shards: Iterable[int]) -> None:
        """The consumer's partitions changed: so did whose timers are ours."""
        if not (self.timers and self.consumer):
            return
        mine = set(shards)
        for shard in self.edge.shards() - mine:
            self.edge.end(shard)
        for shard in mine - self.edge.shards():
            cursor = self.consumer.backlog.cursors.get((self._verdicts_from, shard))
            self.edge.begin(shard, cursor.seq if cursor else 0, self.clock.elapsed())
        self.timers.own(mine)

    async def _check_clock(self) -> None:
        clock = self.clock if isinstance(self.clock, AcceleratedClock) else REAL
        async with self.store.pool.acquire() as connection:
            await connection.execute(sql.SAME_CLOCK, clock.speed, clock.epoch, clock.since)
            speed, epoch, since = (await connection.fetch(sql.READ_CLOCK))[0]
        if (speed, epoch, since) != (clock.speed, clock.epoch, clock.since):
            raise SettingsError(
                f"The data of {self.service.name} were recorded by a clock of speed {speed} that showed {epoch} at "
                f"{since}; start with the same PUNCTUAL_CLOCK_* settings, or with other data"
            )

    async def _measure(self) -> None:
        before = self.clock.wall()
        async with self.store.pool.acquire(timeout=5) as connection:
            there = (await connection.fetchval(sql.WALL_CLOCK)).timestamp()
        after = self.clock.wall()
        # As near as the round trip allows.
        self.skew = there - min(max(there, before), after)
        self.store.sound = self.sound()

    async def _keep_measuring(self) -> None:
        while True:
            await asyncio.sleep(5)
            try:
                await self._measure()
                async with self.store.transaction() as tx:
                    await self.book.load(tx)
            except (Unavailable, OSError, TimeoutError) as error:
                log.warning("the database's clock was not read", error=str(error))


@asynccontextmanager
async def opened(service: Service, common: Common, own: ServiceSettings, bus: Bus) -> AsyncIterator[Running]:
    """A service with its database open, prepared to run."""
    store = await PostgresStore.connect(own.database_url, service.topic)
    try:
        running = Running(service, common, own, store, bus)
        await running.prepare()
        yield running
    finally:
        await store.close()
