"""The auditor of timers looks into the table for timers that should have rung, whatever is in memory.

Nothing else would notice that the window forgot a timer, or that nobody owns a shard.
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import structlog

from kit.clock import Clock
from kit.store import Store, Unavailable

LOOK_EVERY_SECONDS = 5.0
"""Real seconds between looks."""
OVERDUE_AFTER_SECONDS = 60.0
"""Real seconds after which a due timer counts as overdue: twice as many as a verdict waits for earlier records."""

log = structlog.get_logger("audit")


class Auditor:
    """Knows for how long the earliest timer of each shard has been due, as of the last look."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._overdue: dict[int, float] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("the timers were not audited", error=str(error))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Look once, and log overdue timers. Raises Unavailable."""
        async with self._store.statement() as tx:
            earliest = await tx.earliest()
        now = self._clock.now()
        self._overdue = {
            shard: self._clock.real(now - due_at) for shard, due_at in earliest.items() if now - due_at > timedelta()
        }
        if late := self.late():
            log.error("timers are overdue", shards=sorted(late), seconds=round(max(late.values())))

    def overdue(self) -> float:
        """Real seconds for which the earliest timer has been due; 0 if none is."""
        return max(self._overdue.values(), default=0.0)

    def late(self, shards: Collection[int] | None = None) -> dict[int, float]:
        """The shards (of these, or of all) with an overdue timer, and for how many real seconds it has been due."""
        return {
            shard: seconds
            for shard, seconds in self._overdue.items()
            if seconds > OVERDUE_AFTER_SECONDS and (shards is None or shard in shards)
        }
