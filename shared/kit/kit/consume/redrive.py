"""Records that were set aside: list them, try them again, or drop them.

A redrive locks the shard's cursors of all topics, so that the consumer waits: its next record about the same ticket
then finds either all parked records applied, or all still set aside.
"""

from collections.abc import Sequence
from uuid import UUID

from contracts.names import SHARDS, TOPICS
from kit.bus import Message
from kit.consume.follow import Follow, Poison
from kit.consume.inbox import Incoming, read
from kit.store import BadValue, Store
from kit.store.values import Parked


async def parked(store: Store, shards: Sequence[int] = range(SHARDS)) -> list[Parked]:
    """The records set aside in these shards, in the order in which they came."""
    async with store.transaction() as tx:
        return await tx.parked(shards)


async def retry(store: Store, follow: Follow, shard: int, identity: UUID, topics: Sequence[str] = TOPICS) -> int:
    """Apply all records set aside about a ticket or account, in order, or none. Returns how many.

    Raises Poison for the first that still can't be applied, Unavailable if another process was faster.
    """
    in_hand: Incoming | None = None
    try:
        async with store.transaction() as tx:
            await tx.cursors(topics, [shard], lock=True)
            records = await tx.parked([shard], identity)
            for one in records:
                in_hand = incoming(one)
                await follow.all(tx, [in_hand])  # one at a time, to know which one the database refuses
            await tx.unpark([one.position for one in records])
    except BadValue as error:
        if in_hand is None:
            raise
        raise Poison(in_hand.place, in_hand.envelope.shard_seq, str(error)) from error
    return len(records)


async def drop(store: Store, shard: int, identity: UUID, topics: Sequence[str] = TOPICS) -> int:
    """Delete all records set aside about a ticket or account: they will have no effect here. Returns how many."""
    async with store.transaction() as tx:
        await tx.cursors(topics, [shard], lock=True)
        records = await tx.parked([shard], identity)
        await tx.unpark([one.position for one in records])
    return len(records)


def incoming(one: Parked) -> Incoming:
    """The record as it came, except for its Kafka offset, which was not kept and has no effect."""
    (_, key), *headers = one.headers
    return read(Message(one.source, one.shard, 0, key, one.record, headers))
