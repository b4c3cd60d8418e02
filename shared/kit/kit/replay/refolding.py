"""Rows of views folded again from the topics, to compare them with the live rows or to replace these.

Each part sees one topic, so the topics are read one after the other, up to the cursors. Parked records are left out:
they are folded when they are redriven. (Records that an operator dropped are folded too, since the topics have them.)
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import structlog

from contracts.envelope import Fact
from contracts.errors import MalformedEvent, MalformedRecord, SealBroken, UnknownEvent
from kit.bus import Bus, Message
from kit.consume.inbox import Incoming, read
from kit.consume.views import Folding, View
from kit.decider import Put
from kit.personal.vault import Vault
from kit.replay.replay import Difference, Rebuilt, differences
from kit.store import Store, Tx
from kit.store.values import Cursor

log = structlog.get_logger("views")


class Incomplete(Exception):
    """A topic lacks records that were applied: they are gone, or the topic was replaced."""


async def compare(store: Store, bus: Bus, vault: Vault, view: View, shard: int) -> list[Difference]:
    """The differences between the live rows of a shard and its topics. Raises Incomplete, BusError, Unavailable."""
    async with _folded(store, bus, vault, view, shard) as (tx, folding):
        return await _differences(tx, view, folding.puts())


async def rewrite(store: Store, bus: Bus, vault: Vault, view: View, shard: int) -> list[Difference]:
    """Replace live rows that differ from the topics, and return the differences. Rows without a fact there stay.

    Raises Incomplete, BusError, Unavailable.
    """
    async with _folded(store, bus, vault, view, shard) as (tx, folding):
        puts = folding.puts()
        if found := await _differences(tx, view, puts):
            wrong = {tuple(one.key.items()) for one in found}
            await tx.put([put for put in puts if tuple(put.key.items()) in wrong])
        return found


async def _differences(tx: Tx, view: View, puts: Sequence[Put]) -> list[Difference]:
    rebuilt = Rebuilt()
    for put in puts:
        rebuilt.put(put)
    live = await tx.rows(view.table, [put.key for put in puts]) if puts else []
    return list(differences(view.table, live, rebuilt))


@asynccontextmanager
async def _folded(store: Store, bus: Bus, vault: Vault, view: View, shard: int) -> AsyncIterator[tuple[Tx, Folding]]:
    """The rows folded up to the cursors, which stay locked meanwhile."""
    past = {topic: await _past(bus, view, topic, shard) for topic in view.parts}
    async with store.statement() as tx:
        facts = {topic: await vault.open(tx, found) for topic, (found, _) in past.items()}
    async with store.transaction() as tx:
        cursors = await tx.cursors(list(view.parts), [shard], lock=True)
        aside = {(one.source, one.seq) for one in await tx.parked([shard])}
        folding = Folding([view])
        for topic, (_, reached) in past.items():
            upto = cursors.get((topic, shard), Cursor()).seq
            if reached < upto:
                raise Incomplete(f"{topic}, shard {shard}: {upto} events were applied, and {reached} are to be had")
            for fact in facts[topic]:
                if fact.shard_seq <= upto and (topic, fact.shard_seq) not in aside:
                    _fold(folding, fact)
        yield tx, folding


def _fold(folding: Folding, fact: Fact) -> None:
    try:
        folding.fold(fact)
    except Exception as error:  # it failed when it came, too: it was set aside, and dropped since
        log.error("passed over", topic=fact.topic, shard=fact.shard, seq=fact.shard_seq, error=repr(error))


async def _past(bus: Bus, view: View, topic: str, shard: int) -> tuple[list[Fact], int]:
    """The facts of a topic's shard that concern the view, and the last number before the first hole."""
    facts: list[Fact] = []
    reached = 0
    async with aclosing(bus.beyond(topic, {shard: 0})) as batches:  # type: ignore[type-var]
        async for batch in batches:
            for one in _readable(batch):
                if one.envelope.shard_seq != reached + 1:
                    continue  # a duplicate, or after a hole
                reached += 1
                if one.envelope.name in view.heeds:
                    facts += _fact(one)
    return facts, reached


def _readable(batch: Sequence[Message]) -> list[Incoming]:
    found = []
    for message in batch:
        try:
            found.append(read(message))
        except (MalformedRecord, ValueError) as error:
            log.error("no event of ours", topic=message.topic, offset=message.offset, error=str(error))
    return found


def _fact(one: Incoming) -> list[Fact]:
    """The fact; none if it can't be read: then it was set aside when it came."""
    try:
        return [one.fact()]
    except (UnknownEvent, MalformedEvent, SealBroken) as error:
        log.error("not understood", topic=one.place[0], shard=one.place[1], error=str(error))
        return []
