"""Whether this process reaches the broker: asked all the time, also of a process that has no shard to read.

A replica that alone doesn't reach it gives its shards to those that do. What its consumer and its relay see doesn't
answer that: without a shard they ask the broker for nothing.
"""

import asyncio
from contextlib import aclosing

import structlog

from kit.bus import Bus, BusError
from kit.clock import Clock

ASK_EVERY_SECONDS = 1.0
"""Seconds between questions."""
LOST_AFTER_SECONDS = 5.0
"""Seconds without an answer after which the broker is not reached: it is started anew in less."""
FIRST_ANSWER_SECONDS = 2.0
"""Seconds that a process waits for the first answer before it asks for shards."""

log = structlog.get_logger("broker")


class Reach:
    """Asks the broker, and remembers when it answered last."""

    def __init__(self, bus: Bus, clock: Clock, *, lost: float = LOST_AFTER_SECONDS) -> None:
        self._bus, self._clock, self._lost = bus, clock, lost
        self._asked = asyncio.Event()
        self._heard: float | None = None
        """Elapsed seconds of the last answer."""
        self._silent = False
        """Whether it was said that none came."""

    def reached(self) -> bool:
        """Whether the broker has answered lately."""
        return self._heard is not None and self._clock.elapsed() < self._heard + self._lost

    async def first(self) -> None:
        """Wait until the broker has answered, or has not."""
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
