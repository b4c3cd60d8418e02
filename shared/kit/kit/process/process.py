"""A service in a process of its own: wired, with its HTTP API, on PostgreSQL, which is probed."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI

from kit.bus import Bus
from kit.clock import AcceleratedClock
from kit.http.app import app_for
from kit.http.auth import Verifier
from kit.http.openapi import document
from kit.http.strict import add_routes
from kit.http.until_started import UntilStarted
from kit.postgres import PostgresStore
from kit.postgres.clock import READ_CLOCK, READ_SERVICE, SAME_CLOCK, SAME_SERVICE
from kit.postgres.schema import KIT_MIGRATIONS, SchemaBehind, check_schema
from kit.postgres.store import STATEMENT_TIMEOUT_SECONDS
from kit.postgres.troubles import address_of, describe
from kit.process import health
from kit.process.metrics import Metrics
from kit.process.probe import DatabaseProbe
from kit.process.release import release_of
from kit.process.service import Service
from kit.process.settings import Common, ServiceSettings, SettingsError, prefix_of
from kit.process.wiring import WiredService
from kit.store import Unavailable, Unfit
from kit.timers.audit import Auditor

FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 0.5, 5.0
"""Seconds until a start is tried again: at first, and at most."""
RETRIED_ERRORS = (Unavailable, SchemaBehind, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a start waits for. Whoever ended instead would be started again and again by an orchestrator, each time later,
and would leave nobody to ask what is wrong."""

REAL_CLOCK = AcceleratedClock(1.0, datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""What real time is called in the database."""

log = structlog.get_logger("service")


class Process(WiredService):
    """One service in this process."""

    store: PostgresStore

    def __init__(self, service: Service, common: Common, own: ServiceSettings, store: PostgresStore, bus: Bus) -> None:
        clock, release = common.clock(), release_of(service)
        super().__init__(service, common, own, store, bus, clock, replica=common.replica, release=release)
        self.started = False
        self.waits_for = ""
        """What keeps it from being started."""
        self.setting = prefix_of(service.name) + "DATABASE_URL"
        self.address = address_of(own.database_url)
        """Where its database is."""
        self.probe = DatabaseProbe(store, self.clock, address=self.address, setting=self.setting)
        self.auditor = Auditor(store, self.clock)
        self.metrics = Metrics(self)
        self.verifier = Verifier(common.token_secret.get_secret_value(), self.clock)

    def app(self) -> FastAPI:
        """The HTTP API."""
        app = app_for(self.service.name, self.desk, self.verifier, self.service.summary, traced=self.traced)
        app.state.process = self
        app.add_middleware(UntilStarted, started=lambda: self.started)
        add_routes(app, (*self.service.routers, health.router_for(self)))
        document(app, self.service.routers)
        return app

    @property
    def traced(self) -> bool:
        """Whether somebody collects spans."""
        return self.common.otlp_endpoint is not None

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return self.probe.sound()

    def lag(self) -> dict[str, int | None]:
        """Per topic how many records are known to be there and not applied; None: of some shard that is not known.

        Nor is it where no shard is ours and the broker is not reached: there may be shards that are nobody's.
        """
        known = self.ownership.joined and not self.recovery.waiting()
        known = known and bool(self.ownership.leased or self.reach.reached())
        found: dict[str, int | None] = dict.fromkeys(self.service.listens, 0 if known else None)
        for (topic, _), lag in (self.consumer.lag() if self.consumer else {}).items():
            before = found[topic]
            found[topic] = None if lag is None or before is None else before + lag
        return found

    async def begin(self) -> None:
        """Wait until all is so that must be before work begins. Raises SettingsError if it never will be."""
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                await self.prepare()
            except RETRIED_ERRORS as error:
                reason = str(error) if isinstance(error, SchemaBehind) else describe(error, self.address, self.setting)
                if reason != self.waits_for:
                    log.error("waiting to start", service=self.service.name, reason=reason)
                self.waits_for = reason
                await asyncio.sleep(pause)
                pause = min(2 * pause, MAX_RETRY_SECONDS)
            else:
                self.waits_for = ""
                return

    async def prepare(self) -> None:
        """All that must be so before work begins. Raises SettingsError for data of another service, or clock."""
        await self._reach()
        with suppress(Unfit):  # of which the next line tells more
            await self._check_service()
        await check_schema(self.store, self.service.name, [KIT_MIGRATIONS, self.service.migrations])
        await self.store.query(SAME_SERVICE, self.service.name)
        await self._check_service()
        await self._check_clock()
        await self.probe.look()
        await super().prepare()

    def lasting(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs beside HTTP until it is cancelled."""
        auditing = [self.auditor.run()] if self.timers else []
        return [*super().lasting(), self.probe.run(), *auditing]

    async def _reach(self) -> None:
        try:
            async with self.store.pool.acquire(timeout=STATEMENT_TIMEOUT_SECONDS):
                pass
        except ValueError as error:  # an address in which the driver finds a fault
            raise SettingsError(f"{self.setting} is wrong: {error}") from None

    async def _check_service(self) -> None:
        for [name] in await self.store.query(READ_SERVICE):
            if name != self.service.name:
                raise SettingsError(
                    f"{self.setting} is wrong: this is the database of {name}; name that of {self.service.name}"
                )

    async def _check_clock(self) -> None:
        clock = self.clock if isinstance(self.clock, AcceleratedClock) else REAL_CLOCK
        await self.store.query(SAME_CLOCK, clock.speed, clock.epoch, clock.since)
        speed, epoch, since = (await self.store.query(READ_CLOCK))[0]
        if (speed, epoch, since) != (clock.speed, clock.epoch, clock.since):
            raise SettingsError(
                f"The data of {self.service.name} were recorded by a clock of speed {speed} that showed {epoch} at "
                f"{since}; start with the same PUNCTUAL_CLOCK_* settings, or with other data"
            )


@asynccontextmanager
async def opened(service: Service, common: Common, own: ServiceSettings, bus: Bus) -> AsyncIterator[Process]:
    """A service that has not begun: nobody was asked for anything yet."""
    store = await PostgresStore.connect(own.database_url, service.topic, at_once=False)
    try:
        yield Process(service, common, own, store, bus)
    finally:
        await store.close()
