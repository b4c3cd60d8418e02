"""Sending again what a topic has lost, by setting the relay's cursors back, one shard after the other.

A second sender would put old records between those of the relay, which would look like holes. The relay itself sends
the same bytes under the same numbers and ids, then goes on with new events; consumers skip what they have.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from kit.clock import Clock
from kit.shards.ownership import RENEW_EVERY_SECONDS
from kit.store import Store

LOOK_EVERY_SECONDS = 0.2
"""Seconds between looks at the relay's cursor."""


class Refused(Exception):
    """The shard is closed: until its log was compared with the topic, nothing of it is sent."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard is: `sent` of its `events` are sent again. `silent`: seconds since the last one."""

    shard: int
    sent: int
    events: int
    silent: float

    @property
    def done(self) -> bool:
        """Whether all are sent again, so that new events follow."""
        return self.sent >= self.events


async def republish(store: Store, clock: Clock, shards: Sequence[int], *, keys: bool) -> AsyncIterator[Progress]:
    """Set the relay's cursors back, a shard at a time, and watch until each is where it was.

    `keys`: persons' keys are sent again before the events. Raises Refused, Unavailable.
    """
    async with store.transaction() as tx:
        closed = await tx.closed()
        if barred := sorted(closed.keys() & set(shards)):
            raise Refused(f"shards {barred} take nothing now: {closed[barred[0]].reason or 'they are being compared'}")
        if keys:
            await tx.republish_keys()
        # What relays are sending now may be lost as well: they must not note it as sent after a cursor is set back.
        for shard in shards:
            await tx.begin_anew(shard)
    await asyncio.sleep(RENEW_EVERY_SECONDS + LOOK_EVERY_SECONDS)  # by then all relays know the new epochs
    for shard in shards:
        async for progress in _one(store, clock, shard):
            yield progress


async def _one(store: Store, clock: Clock, shard: int) -> AsyncIterator[Progress]:
    async with store.transaction() as tx:
        [begun] = await tx.log_ends([shard])
        await tx.republish(shard, 0)
    sent, moved = 0, clock.elapsed()
    yield Progress(shard, 0, begun.relayed, 0.0)
    while sent < begun.relayed:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        async with store.statement() as tx:
            [now] = await tx.log_ends([shard])
        if now.relayed != sent:
            sent, moved = now.relayed, clock.elapsed()
        yield Progress(shard, sent, begun.relayed, clock.elapsed() - moved)
