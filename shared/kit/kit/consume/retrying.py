"""What an older release set aside, this one tries once: at its start, and whenever it takes a shard over."""

import asyncio
from collections.abc import Callable, Collection

import structlog

from kit.consume import redrive
from kit.consume.follow import Follow, Poison
from kit.consume.parking_lot import storable
from kit.store import Store, Unavailable

LOOK_EVERY_SECONDS = 5.0
"""Real seconds between looks for what has not been tried."""

log = structlog.get_logger("consumer")


class Retrying:
    """Tries again in the shards that are ours. What fails stays set aside, for the reason that it has now."""

    def __init__(self, store: Store, follow: Follow, topics: Collection[str], shards: Callable[[], set[int]]) -> None:
        self._store, self._follow, self._topics, self._shards = store, follow, tuple(topics), shards

    async def run(self) -> None:
        """Until it is cancelled."""
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
