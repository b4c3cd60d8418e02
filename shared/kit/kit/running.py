"""A service in a process of its own: wired, with its HTTP API, on PostgreSQL, its clock watched."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import FastAPI

from kit import health
from kit.audit import Auditor
from kit.auth import Verifier
from kit.bus import Bus
from kit.clock import AcceleratedClock
from kit.http import Desk, app_for
from kit.metrics import Metrics
from kit.openapi import document
from kit.postgres import PostgresStore
from kit.postgres.clock import READ_CLOCK, READ_SERVICE, SAME_CLOCK, SAME_SERVICE
from kit.release import release_of
from kit.service import Service
from kit.settings import Common, ServiceSettings, SettingsError, prefix_of
from kit.store import Unavailable
from kit.strict import add_routes
from kit.wiring import Wired

MEASURE = 5.0
"""Seconds between looks at the database's clock."""
SILENCE = 20.0
"""Seconds without an answer of the database after which this process says that it is not ready."""
SKEW = 1.0
"""Seconds that this process's clock may be away from its database server's."""

REAL = AcceleratedClock(1.0, datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""What real time is called in the database."""

log = structlog.get_logger("service")


class Running(Wired):
    """One service in this process."""

    store: PostgresStore

    def __init__(self, service: Service, common: Common, own: ServiceSettings, store: PostgresStore, bus: Bus) -> None:
        clock, key, release = common.clock(), common.master_key, release_of(service)
        super().__init__(service, own, store, bus, clock, master_key=key, replica=common.replica, release=release)
        self.common = common
        self.started = False
        self.skew = 0.0
        self._heard = self.clock.elapsed()
        self.auditor = Auditor(store, self.clock)
        self.metrics = Metrics(self)
        verifier = Verifier(common.token_secret.get_secret_value(), self.clock)
        self.desk = Desk(store=store, core=self.core, writer=self.writer, clock=self.clock, verifier=verifier)

    def app(self) -> FastAPI:
        """The HTTP API."""
        app = app_for(self.service.name, self.desk, self.service.summary, traced=self.traced)
        app.state.running = self
        add_routes(app, (*self.service.routers, health.router_for(self)))
        document(app, self.service.routers)
        return app

    @property
    def traced(self) -> bool:
        """Whether somebody collects spans."""
        return self.common.otlp_endpoint is not None

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return abs(self.skew) <= SKEW

    def silence(self) -> float:
        """Seconds since the database last answered, if that is worrying; else 0."""
        silent = self.clock.elapsed() - self._heard
        return silent if silent > SILENCE else 0.0

    def lag(self) -> dict[str, int | None]:
        """Per topic how many records are known to be there and not applied; None: of some shard that is not known."""
        found: dict[str, int | None] = dict.fromkeys(self.service.listens, 0 if self.ownership.joined else None)
        for (topic, _), lag in (self.consumer.lag() if self.consumer else {}).items():
            before = found[topic]
            found[topic] = None if lag is None or before is None else before + lag
        return found

    async def prepare(self) -> None:
        """All that must be so before work begins. Raises SettingsError for data of another service, or clock."""
        await self._check_service()
        await self._check_clock()
        await self._measure()
        await super().prepare()

    def finishing(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs beside HTTP and has work in hand."""
        return [*super().finishing(), *(part(self) for part in self.service.finishing)]

    def lasting(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs beside HTTP until it is cancelled."""
        auditing = [self.auditor.run()] if self.timers else []
        return [*super().lasting(), self._keep_measuring(), *auditing, *(part(self) for part in self.service.parts)]

    async def _check_service(self) -> None:
        await self.store.query(SAME_SERVICE, self.service.name)
        [[name]] = await self.store.query(READ_SERVICE)
        if name != self.service.name:
            setting = prefix_of(self.service.name) + "DATABASE_URL"
            raise SettingsError(f"{setting} is wrong: this is the database of {name}; name that of {self.service.name}")

    async def _check_clock(self) -> None:
        clock = self.clock if isinstance(self.clock, AcceleratedClock) else REAL
        await self.store.query(SAME_CLOCK, clock.speed, clock.epoch, clock.since)
        speed, epoch, since = (await self.store.query(READ_CLOCK))[0]
        if (speed, epoch, since) != (clock.speed, clock.epoch, clock.since):
            raise SettingsError(
                f"The data of {self.service.name} were recorded by a clock of speed {speed} that showed {epoch} at "
                f"{since}; start with the same PUNCTUAL_CLOCK_* settings, or with other data"
            )

    async def _measure(self) -> None:
        before = self.clock.wall()
        there = (await self.store.wall_clock()).timestamp()
        after = self.clock.wall()
        self._heard = self.clock.elapsed()
        # As near as the round trip allows.
        self.skew = there - min(max(there, before), after)
        self.store.sound = self.sound()

    async def _keep_measuring(self) -> None:
        while True:
            await asyncio.sleep(MEASURE)
            try:
                await self._measure()
            except Unavailable as error:
                log.warning("the database's clock was not read", error=str(error))


@asynccontextmanager
async def opened(service: Service, common: Common, own: ServiceSettings, bus: Bus) -> AsyncIterator[Running]:
    """A service with its database open, prepared to run. Raises SettingsError, too."""
    try:
        store = await PostgresStore.connect(own.database_url, service.topic)
    except ValueError as error:  # an address in which the driver finds a fault
        raise SettingsError(f"{prefix_of(service.name)}DATABASE_URL is wrong: {error}") from None
    try:
        running = Running(service, common, own, store, bus)
        await running.prepare()
        yield running
    finally:
        await store.close()
