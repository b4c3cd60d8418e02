"""A service as a real process: its parts wired, with its HTTP API, on PostgreSQL."""

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
"""Errors after which a start is tried again. If the process ended instead, an orchestrator would restart it ever later,
and nobody could ask `/readyz` what is wrong."""

REAL_CLOCK = AcceleratedClock(1.0, datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""How the database notes real time."""

log = structlog.get_logger("service")


class Process(WiredService):
    """One service in this process."""

    store: PostgresStore

    def __init__(self, service: Service, common: Common, own: ServiceSettings, store: PostgresStore, bus: Bus) -> None:
        clock, release = common.clock(), release_of(service)
        super().__init__(service, common, own, store, bus, clock, replica=common.replica, release=release)
        self.started = False
        self.waits_for = ""
        """Why it has not started; empty: it has."""
        self.setting = prefix_of(service.name) + "DATABASE_URL"
        self.address = address_of(own.database_url)
        """The address of its database, without password."""
        self.probe = DatabaseProbe(store, self.clock, address=self.address, setting=self.setting)
        self.auditor = Auditor(store, self.clock)
        self.metrics = Metrics(self)
        self.verifier = Verifier(common.token_secret.get_secret_value(), self.clock)

    def app(self) -> FastAPI:
        """The HTTP API."""
        service = self.service
        told = (service.name, self.desk, self.verifier, service.summary)
        app = app_for(*told, traced=self.traced, long_bodies=service.long_bodies)
        app.state.process = self
        app.add_middleware(UntilStarted, started=lambda: self.started)
        add_routes(app, (*self.service.routers, health.router_for(self)))
        document(app, self.service.routers)
        return app

    @property
    def traced(self) -> bool:
        """Whether spans are exported."""
        return self.common.otlp_endpoint is not None

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return self.probe.sound()

    def lag(self) -> dict[str, int | None]:
        """By topic, how many records are known to be there and not applied; None: unknown for some shard.

        It is also unknown if no shard is ours and the broker is not reached: perhaps nobody owns some shard.
        """
        known = self.ownership.joined and not self.recovery.not_yet_compared()
        known = known and bool(self.ownership.leased or self.reach.reached())
        found: dict[str, int | None] = dict.fromkeys(self.service.listens, 0 if known else None)
        for (topic, _), lag in (self.consumer.lag() if self.consumer else {}).items():
            before = found[topic]
            found[topic] = None if lag is None or before is None else before + lag
        return found

    async def begin(self) -> None:
        """Prepare, trying again until it succeeds. Raises SettingsError if it never will."""
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
        """Check the database, then prepare the parts. Raises SettingsError for another service's data or clock."""
        await self._reach()
        with suppress(Unfit):  # the next line explains it better
            await self._check_service()
        await check_schema(self.store, self.service.name, [KIT_MIGRATIONS, self.service.migrations])
        await self.store.query(SAME_SERVICE, self.service.name)
        await self._check_service()
        await self._check_clock()
        await self.probe.look()
        await super().prepare()

    def lasting(self) -> Sequence[Coroutine[Any, Any, None]]:
        """The parts that run beside HTTP until cancelled."""
        auditing = [self.auditor.run()] if self.timers else []
        return [*super().lasting(), self.probe.run(), *auditing]

    async def _reach(self) -> None:
        try:
            async with self.store.pool.acquire(timeout=STATEMENT_TIMEOUT_SECONDS):
                pass
        except ValueError as error:  # the driver can't parse the address
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
    """A service's process that has not begun: it has not connected to anything yet."""
    store = await PostgresStore.connect(own.database_url, service.topic, at_once=False)
    try:
        yield Process(service, common, own, store, bus)
    finally:
        await store.close()
