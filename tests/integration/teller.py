"""Facts of services that are not running: events put into a log of their own and relayed as those services would."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from tests.conftest import Factory
from tests.desk import TestDesk

from contracts.causes import Cause
from contracts.envelope import Fact, Meta
from kit.clock import WallClock
from kit.kafka import KafkaBus
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done
from kit.personal.vault import Vault, subjects_of
from kit.postgres import PostgresStore
from kit.relay.relay import Relay
from kit.shards.ownership import Ownership
from kit.timers.edge import Heartbeat
from punctual.local.databases import Dsns

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Scribe:
    """A decider without opinions: a command is the events that follow from it."""

    INITIAL = None

    def decide(self, command: Any, state: Any, /) -> list[Any]:
        return list(command)

    def evolve(self, state: Any, event: Any, /) -> Any:
        return state


@dataclass
class Teller:
    """Tells facts on one topic."""

    store: PostgresStore
    core: Core
    dsns: Dsns
    bus: KafkaBus
    wrote: asyncio.Event
    relaying: "asyncio.Task[None]"

    async def tell(
        self,
        *events: Any,
        stream: str | None = None,
        trace: str | None = TRACE,
        role: str = "service",
        command_id: UUID | None = None,
        cause: Cause | None = None,
    ) -> Sequence[Fact]:
        """Have it happened: the events, on the stream of their ticket unless another is named."""
        request = CommandRequest(
            command_id=command_id or uuid4(),
            stream=stream or f"ticket-{events[0].ticket_id}",
            command=events,
            meta=Meta(actor="teller", role=role, traceparent=trace, cause=cause),
        )
        async with self.store.transaction() as tx:
            (done,) = await self.core.perform(tx, [request], WallClock().now())
        assert isinstance(done, Done), done
        self.wrote.set()
        return done.facts

    async def repeat(self) -> None:
        """Send all that was ever told once more, as a relay does that lost its cursor."""
        self.relaying.cancel()
        await asyncio.gather(self.relaying, return_exceptions=True)
        owner = await asyncpg.connect(self.dsns.owner)
        await owner.execute("UPDATE relay_cursor SET seq = 0, event_id = NULL")
        await owner.close()
        self.begin()

    @asynccontextmanager
    async def settling(self) -> AsyncIterator[None]:
        """Say meanwhile, as a heartbeat does, that nothing is left to be recorded."""
        beating = asyncio.create_task(Heartbeat(self.store, self.bus, WallClock(), sound=lambda: True).run())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    def begin(self) -> None:
        self.relaying = asyncio.create_task(self._relay())

    async def _relay(self) -> None:
        clock = WallClock()
        ownership = Ownership(self.store, clock)
        relay = Relay(self.store, self.bus, clock, ownership, service="teller", topic=self.core.topic, wrote=self.wrote)
        async with asyncio.TaskGroup() as group:
            group.create_task(ownership.run())
            group.create_task(relay.run())


@asynccontextmanager
async def teller(database: Factory, made: TestDesk, topic: str, vault: Vault | None = None) -> AsyncIterator[Teller]:
    """Somebody who tells facts on that topic of a desk."""
    dsns = await database("kit")
    store = await PostgresStore.connect(dsns.app, topic)
    bus = KafkaBus(made.common.kafka, made.common.topic_prefix)
    core = Core(topic=topic, decider=Scribe(), vault=vault or Vault(made.common.master_key, makes=subjects_of))
    one = Teller(store, core, dsns, bus, asyncio.Event(), asyncio.create_task(asyncio.sleep(0)))
    one.begin()
    try:
        yield one
    finally:
        one.relaying.cancel()
        await asyncio.gather(one.relaying, return_exceptions=True)
        await store.close()
