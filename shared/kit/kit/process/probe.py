"""Probes the database: whether it answers, takes writes, and agrees with our clock."""

import asyncio

import asyncpg
import structlog

from kit.clock import Clock
from kit.postgres import PostgresStore
from kit.postgres.troubles import describe
from kit.store import Unavailable

LOOK_EVERY_SECONDS = 2.0
"""Seconds between looks."""
RETRY_SECONDS = 0.5
"""Seconds until the next look after one that failed."""
LOOK_TIMEOUT_SECONDS = 4.0
"""Seconds until a look without an answer has failed."""
MIN_FAILURES = 2
"""Failures in a row that make a trouble: one connection that was cut is none."""
MAX_SKEW_SECONDS = 1.0
"""Seconds by which this process's clock and the database server's may differ."""

WRITE = """
INSERT INTO probe (at) VALUES (clock_timestamp()) ON CONFLICT (only_row) DO UPDATE SET at = excluded.at
"""
SPILL_TO_DISK = """
SET LOCAL work_mem = '64kB';
SELECT count(*) FROM generate_series(1, 20000)
"""
"""Makes the server write some hundred kilobytes to disk. The update of a row succeeds even on a full disk, because its
page has room; and to truncate or grow a table would conflict with a backup."""

log = structlog.get_logger("service")


class DatabaseProbe:
    """Looks at the database every few seconds. `setting`: the environment variable with its address."""

    def __init__(self, store: PostgresStore, clock: Clock, *, address: str, setting: str) -> None:
        self._store, self._clock, self._address, self._setting = store, clock, address, setting
        self._failures = 0
        self._reason = ""
        self.skew = 0.0
        """Seconds by which the database server's clock is ahead of ours."""

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return abs(self.skew) <= MAX_SKEW_SECONDS

    def trouble(self) -> str | None:
        """Why nothing can be read or recorded now, and what to do; None: nothing is wrong."""
        if self._failures >= MIN_FAILURES:
            return self._reason
        if not self.sound():
            return (
                f"the clock is {self.skew:.1f} s away from that of the database at {self._address}, so nothing is "
                "recorded: set both by the same time server"
            )
        return None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(RETRY_SECONDS if self._failures else LOOK_EVERY_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once."""
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_SECONDS):
                await self._measure()
                await self._write()
        except (Unavailable, asyncpg.PostgresError, TimeoutError) as error:
            self._failures += 1
            self._reason = describe(error, self._address, self._setting)
            if self._failures == MIN_FAILURES:
                log.error("the database is not fit for work", reason=self._reason)
        else:
            if self._failures >= MIN_FAILURES:
                log.info("the database is fit for work again")
            self._failures = 0

    async def _measure(self) -> None:
        before = self._clock.wall()
        there = (await self._store.wall_clock()).timestamp()
        after = self._clock.wall()
        # The smallest difference that the round trip allows.
        self.skew = there - min(max(there, before), after)
        self._store.sound = self.sound()

    async def _write(self) -> None:
        async with self._store.transaction() as tx:
            await tx.connection.execute(WRITE)
        try:
            async with self._store.transaction() as tx:
                await tx.connection.execute(SPILL_TO_DISK)
        except Unavailable as error:
            if not isinstance(error.__cause__, asyncpg.ConfigurationLimitExceededError):
                raise  # otherwise temp_file_limit is lower, and the disk is not full
