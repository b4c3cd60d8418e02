"""Waits until nothing can be recorded any more as of an instant: what is known at it stays the same."""

import asyncio
from datetime import datetime

from contracts.names import SHARDS
from kit.http.desk import Desk
from kit.store import ClockWrong, ShardClosed

ATTEMPTS = 40
"""How often we look whether nothing is being recorded in a shard, ..."""
PAUSE_SECONDS = 0.05
"""... and how long we wait in between."""


async def settle(desk: Desk, at: datetime, *, sound: bool) -> None:
    """Raise the log's floor to `at`, and wait for those who are recording something. `sound`: our clock is right.

    Raises ClockWrong, since nobody could record anything before a floor that lies ahead; or ShardClosed.
    """
    if not sound:
        raise ClockWrong("this process's clock is wrong by more than a second: nothing is reported")
    busy = set(range(SHARDS))
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(PAUSE_SECONDS)
        async with desk.store.statement() as tx:
            _, idle = await tx.settle(at)
        busy -= idle.keys()
        if not busy:
            return
    raise ShardClosed
