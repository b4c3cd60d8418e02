"""The parts of a service that need only a store, a bus and a clock, wired together: the same live and simulated."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from kit.bus import Bus, Place
from kit.clock import Clock
from kit.consume.consumer import Consumer
from kit.consume.follow import Follow
from kit.consume.inbox import Incoming
from kit.consume.policy_feed import PolicyFeed
from kit.consume.retrying import Retrying
from kit.http.desk import Desk
from kit.log.perform import Core
from kit.log.writer import Writer
from kit.personal.keys import KeyTable
from kit.personal.vault import Vault
from kit.policy_book import PolicyBook
from kit.process.gauges import Gauges
from kit.process.service import Service
from kit.process.settings import Common, ServiceSettings
from kit.recovery.adoption import Adoption, nothing
from kit.recovery.recovery import Recovery
from kit.relay.relay import IDLE_SECONDS, Relay
from kit.shards.ownership import LEASE_SECONDS, RENEW_EVERY_SECONDS, Ownership
from kit.shards.reach import LOST_AFTER_SECONDS, Reach
from kit.store import Unavailable
from kit.store.sql import SqlStore
from kit.store.values import Cursor
from kit.timers.edge import GRACE_SECONDS, HEARTBEAT_SECONDS, Edge, Heartbeat, Listener, caught_up
from kit.timers.timers import PARKED_GRACE_SECONDS, Timers

RELOAD_POLICIES_EVERY_SECONDS = 5.0
"""Seconds between looks for policies that another replica has stored."""

log = structlog.get_logger("service")


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Intervals and timeouts in real seconds, which a simulation may change."""

    beat: float = HEARTBEAT_SECONDS
    grace: float = GRACE_SECONDS
    parked_grace: float = PARKED_GRACE_SECONDS
    idle: float = IDLE_SECONDS
    lease: float = LEASE_SECONDS
    renew: float = RENEW_EVERY_SECONDS
    lost: float = LOST_AFTER_SECONDS


class WiredService:
    """A service's core, writer, relay, consumer and timers."""

    recovery: Recovery

    def __init__(
        self,
        service: Service,
        common: Common,
        own: ServiceSettings,
        store: SqlStore,
        bus: Bus,
        clock: Clock,
        *,
        replica: str | None = None,
        timings: Timings = Timings(),
        release: str = "",
    ) -> None:
        self.service, self.common, self.own = service, common, own
        self.store, self.bus, self.clock, self.timings = store, bus, clock, timings
        self.stopping, self.release = False, release
        self.keys = KeyTable(store, bus)
        fetch = self.keys.fetch if service.receives_keys else None
        self.vault = Vault(common.master_key, makes=service.makes_keys, fetch=fetch)
        self.core = Core(
            topic=service.topic,
            decider=service.decider,
            vault=self.vault,
            project=service.project,
            enrich=service.enrich,
            answer_from_event=service.answer_from_event,
        )
        self.writer = Writer(store, self.core, clock)
        self.desk = Desk(store=store, core=self.core, writer=self.writer, clock=clock)
        self.gauges: Gauges = {}
        self.book = PolicyBook(service.policy, service.fold_policy, service.policy_in_shard)
        self.reach = Reach(bus, clock, lost=timings.lost)
        self.ownership = Ownership(
            store,
            clock,
            replica=replica,
            lease=timings.lease,
            renew=timings.renew,
            reach=self.reach,
            admits=lambda shard, epoch: self.recovery.admits(shard, epoch),
        )
        self.relay = Relay(
            store,
            bus,
            clock,
            self.ownership,
            service=service.name,
            topic=service.topic,
            wrote=self.writer.wrote,
            idle=timings.idle,
            compared=lambda shard: self.recovery.compared(shard),
        )
        self.adoption = Adoption(
            store=store,
            bus=bus,
            clock=clock,
            core=self.core,
            keys=self.keys,
            topic=service.topic,
            before_adoption=service.before_adoption(self) if service.before_adoption else None,
            after_adoption=service.after_adoption(self) if service.after_adoption else nothing,
            settles=service.heartbeat,
            wrote=self.writer.wrote.set,
        )
        self.recovery = Recovery(
            store=store,
            clock=clock,
            ownership=self.ownership,
            adoption=self.adoption,
            topic=service.topic,
            restored=self._restored if service.before_consuming else None,
        )
        self.edge = Edge(timings.grace)
        self.follow = self._follow()
        self.consumer = self._consumer() if service.listens else None
        self.timers = self._timers() if service.ringing else None

    def _follow(self) -> Follow:
        return Follow(
            name=self.service.name,
            core=self.core,
            react=self.service.react,
            clock=self.clock,
            book=self.book,
            look_up=self.service.look_up_of(self) if self.service.look_up_of else self.service.look_up,
            keep=self.service.keep,
            views=self.service.views,
            react_to_alarms=self.service.react_to_alarms,
            heeds=self.service.heeds,
            wrote=self.writer.wrote.set,
            release=self.release,
        )

    def _consumer(self) -> Consumer:
        return Consumer(
            store=self.store,
            bus=self.bus,
            clock=self.clock,
            ownership=self.ownership,
            topics=self.service.listens,
            follow=self.follow,
            reached=self.reach.reached,
            applied=self._applied,
            begun=self._begun,
            owned=self._owned,
            linger=self.service.linger,
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
            parked_grace=self.timings.parked_grace,
            wrote=self.writer.wrote.set,
        )
        self.core.when_timers_are_set(timers.add)
        return timers

    @property
    def _verdicts_from(self) -> str:
        """The topic whose settled edge the timers wait for: the first that the service consumes."""
        return self.service.listens[0]

    async def caught_up(self, shards: Collection[int], until: datetime) -> bool:
        """Whether all that was recorded on the first topic before `until` has been applied, by any replica."""
        return await caught_up(self.edge, self.store, self.clock, self._verdicts_from, shards, until)

    def sound(self) -> bool:
        """Whether this process's clock is right."""
        return True

    async def prepare(self) -> None:
        """Load the policies, compare the log with the broker, and call `before_consuming`."""
        async with self.store.transaction() as tx:
            await self.book.load(tx)
        await self.recovery.begin(every=self.service.before_consuming is not None)
        if self.service.before_consuming:
            await self.service.before_consuming(self)

    async def _restored(self) -> None:
        """Prepare again, because the database went back in time and may have lost what `prepare` did."""
        async with self.store.transaction() as tx:
            await self.book.load_anew(tx)
        if self.service.before_consuming:
            await self.service.before_consuming(self)

    def finishing(self) -> Sequence[Coroutine[Any, Any, None]]:
        """The parts that finish their work and end by themselves after `stop`."""
        own = [part.run() for part in (self.relay, self.consumer, self.timers) if part]
        return [*own, *(part(self) for part in self.service.finishing)]

    def lasting(self) -> Sequence[Coroutine[Any, Any, None]]:
        """The parts that run until cancelled."""
        running: list[Coroutine[Any, Any, None]] = [self.reach.run(), self.ownership.run(), self.recovery.run()]
        running += [self.writer.run(), self._keep_reading()]
        if self.consumer:
            running.append(Retrying(self.store, self.follow, self.service.listens, self._ours).run())
        if self.timers:
            running.append(Listener(self.bus, self.clock, self.edge, self.timers.wake).run())
        if self.service.heartbeat:
            beat = self.timings.beat
            running.append(Heartbeat(self.store, self.bus, self.clock, sound=self.sound, beat=beat).run())
        if self.service.receives_keys:
            running.append(self.keys.run())
        if self.service.hears_policies:
            running.append(PolicyFeed(self.store, self.bus, self.book).run())
        return [*running, *(part(self) for part in self.service.parts)]

    def _ours(self) -> set[int]:
        """The shards that we consume."""
        return {shard for _, shard in self.consumer.backlog.places()} if self.consumer else set()

    async def _keep_reading(self) -> None:
        """Load policies that another replica has stored, every few seconds."""
        while True:
            await asyncio.sleep(RELOAD_POLICIES_EVERY_SECONDS)
            try:
                async with self.store.statement() as tx:
                    await self.book.load(tx)
            except Unavailable as error:
                log.warning("the policies were not read", error=str(error))

    async def stop(self) -> None:
        """Take no new commands, write those under way, and let the `finishing` parts end."""
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
                ticket=str(one.identity),
                trace_id=(one.envelope.meta.traceparent or "--").split("-")[1],
            )
            if self.timers and topic == self._verdicts_from:
                self.edge.applied(shard, one.envelope.shard_seq, one.envelope.recorded_at, elapsed)
        if self.timers:
            self.timers.wake()

    def _begun(self, cursors: Mapping[Place, Cursor]) -> None:
        """Tell the edge that all before these cursors was applied, perhaps by another replica."""
        for (topic, shard), cursor in cursors.items():
            if topic == self._verdicts_from:
                self.edge.reached(shard, cursor.seq, self.clock.elapsed())

    def _owned(self, shards: Mapping[int, str]) -> None:
        """Our shards have changed: begin and end their edges, and ring their timers."""
        if not (self.timers and self.consumer):
            return
        mine = set(shards)
        for shard in self.edge.shards() - mine:
            self.edge.end(shard)
        for shard in mine - self.edge.shards():
            cursor = self.consumer.backlog.cursors.get((self._verdicts_from, shard))
            self.edge.begin(shard, cursor.seq if cursor else 0, self.clock.elapsed())
        self.timers.own(mine, shards)
