"""Whether the database is fit for work: it answers, it takes writes, and its clock shows what ours does."""

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
"""Seconds that one look may take."""
MIN_FAILURES = 2
"""Failures in a row before it counts: one connection that was cut is no trouble."""
MAX_SKEW_SECONDS = 1.0
"""Seconds that this process's clock may be away from its database server's."""

WRITE = """
INSERT INTO probe (at) VALUES (clock_timestamp()) ON CONFLICT (only_row) DO UPDATE SET at = excluded.at
"""
SPILL_TO_DISK = """
SET LOCAL work_mem = '64kB';
SELECT count(*) FROM generate_series(1, 20000)
"""
"""Some hundred kilobytes for which the server needs room on its disk. An update of one row finds some on its page, and
goes well on a disk that is full; and whatever is truncated or grown to find out would quarrel with a backup."""

log = structlog.get_logger("service")


class DatabaseProbe:
    """Looks every few seconds. `setting` names the variable with the address."""

    def __init__(self, store: PostgresStore, clock: Clock, *, address: str, setting: str) -> None:
        self._store, self._clock, self._address, self._setting = store, clock, address, setting
        self._failures = 0
        self._reason = ""
        self.skew = 0.0
        """Seconds that the server's clock is ahead of ours."""

    def sound(self) -> bool:
        """Whether this process's clock agrees with its database server's."""
        return abs(self.skew) <= MAX_SKEW_SECONDS

    def trouble(self) -> str | None:
        """Why nothing can be read or recorded now, and what to do; None if it can."""
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
        # As near as the round trip allows.
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
                raise  # otherwise temp_file_limit allows less, which is no full disk
