"""Tries the records that older releases have set aside once: at the start, and after taking over a shard."""

import asyncio
from collections.abc import Callable, Collection

import structlog

from kit.consume import redrive
from kit.consume.follow import Follow, Poison
from kit.consume.parking_lot import storable
from kit.store import Store, Unavailable

LOOK_EVERY_SECONDS = 5.0
"""Real seconds between looks for records that this release has not tried."""

log = structlog.get_logger("consumer")


class Retrying:
    """Tries parked records of our shards again. Those that fail stay set aside, with the new reason."""

    def __init__(self, store: Store, follow: Follow, topics: Collection[str], shards: Callable[[], set[int]]) -> None:
        self._store, self._follow, self._topics, self._shards = store, follow, tuple(topics), shards

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("what is set aside was not tried again", error=str(error))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Try each ticket and account that this release has not tried. Raises Unavailable."""
        shards = sorted(self._shards())
        if not shards:
            return
        async with self._store.statement() as tx:
            places = await tx.untried(shards, self._follow.release)
        for shard, identity in places:
            try:
                count = await redrive.retry(self._store, self._follow, shard, identity, self._topics)
                log.info("applied what an older release had set aside", identity=str(identity), records=count)
            except Poison as poison:
                log.error("still set aside", identity=str(identity), reason=poison.reason)
                which, reason = (poison.place[0], poison.seq), storable(poison.reason)
                async with self._store.transaction() as tx:
                    await tx.tried(shard, identity, self._follow.release, which, reason)
