"""Records that were set aside: look at them, try them again, or give them up.

Whoever redrives holds the cursors of the shard, of every topic, so that no consumer can slip in between: what follows
about the same ticket waits, and then finds either all of it applied or all of it still set aside.
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
    """What is set aside, in the order in which it came."""
    async with store.transaction() as tx:
        return await tx.parked(shards)


async def retry(store: Store, follow: Follow, shard: int, identity: UUID, topics: Sequence[str] = TOPICS) -> int:
    """Apply all that is set aside about a ticket or account, in order; how many records. All of it or, raising, none.

    Raises Poison for the first that still can't be understood or stored, Unavailable if somebody else was faster.
    """
    in_hand: Incoming | None = None
    try:
        async with store.transaction() as tx:
            await tx.cursors(topics, [shard], lock=True)
            records = await tx.parked([shard], identity)
            for one in records:
                in_hand = incoming(one)
                await follow.all(tx, [in_hand])  # alone: what the database refuses must be known by name
            await tx.unpark([one.position for one in records])
    except BadValue as error:
        if in_hand is None:
            raise
        raise Poison(in_hand.place, in_hand.envelope.shard_seq, str(error)) from error
    return len(records)


async def drop(store: Store, shard: int, identity: UUID, topics: Sequence[str] = TOPICS) -> int:
    """Forget all that is set aside about a ticket or account: it will have no effect here; how many records."""
    async with store.transaction() as tx:
        await tx.cursors(topics, [shard], lock=True)
        records = await tx.parked([shard], identity)
        await tx.unpark([one.position for one in records])
    return len(records)


def incoming(one: Parked) -> Incoming:
    """The record as it came. Where Kafka has it is not remembered: its effect doesn't depend on that."""
    (_, key), *headers = one.headers
    return read(Message(one.source, one.shard, 0, key, one.record, headers))
