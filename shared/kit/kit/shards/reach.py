"""Whether this process reaches the broker: it asks all the time, even without a shard.

A replica that doesn't reach it gives its shards to those that do. Its consumer and relay can't tell: without a shard
they ask the broker for nothing.
"""

import asyncio
from contextlib import aclosing

import structlog

from kit.bus import Bus, BusError
from kit.clock import Clock

ASK_EVERY_SECONDS = 1.0
"""Seconds between requests to the broker."""
LOST_AFTER_SECONDS = 5.0
"""Seconds without an answer after which the broker counts as not reached; a restart takes less."""
FIRST_ANSWER_SECONDS = 2.0
"""Seconds that a process waits for the first answer before it leases shards."""

log = structlog.get_logger("broker")


class Reach:
    """Asks the broker for an answer, and remembers when the last one came."""

    def __init__(self, bus: Bus, clock: Clock, *, lost: float = LOST_AFTER_SECONDS) -> None:
        self._bus, self._clock, self._lost = bus, clock, lost
        self._asked = asyncio.Event()
        self._heard: float | None = None
        """Elapsed seconds of the last answer."""
        self._silent = False
        """Whether we have logged that no answer came."""

    def reached(self) -> bool:
        """Whether the broker has answered recently."""
        return self._heard is not None and self._clock.elapsed() < self._heard + self._lost

    async def first(self) -> None:
        """Wait for the first answer, some seconds at most."""
        try:
            async with asyncio.timeout(FIRST_ANSWER_SECONDS):
                await self._asked.wait()
        except TimeoutError:
            pass

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                async with aclosing(self._bus.answers()) as answers:  # type: ignore[type-var]
                    async for _ in answers:
                        self._answered()
                        await asyncio.sleep(ASK_EVERY_SECONDS)
            except BusError as error:
                self._asked.set()
                if not self._silent:
                    log.warning("the broker does not answer", error=str(error))
                self._silent = True
                await asyncio.sleep(ASK_EVERY_SECONDS)

    def _answered(self) -> None:
        if self._silent:
            log.info("the broker answers again")
        self._silent, self._heard = False, self._clock.elapsed()
        self._asked.set()
