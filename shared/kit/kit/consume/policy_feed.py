"""Policies for a service that doesn't follow sla-timer: read from one partition of its topic, apart from the consumer.

Every publication is in every shard, so one partition tells of all. Nothing is held back until it comes, and what this
service has heard is no part of the `seen` of what it says: whoever follows it need not have heard of the policy first.
"""

import asyncio
from contextlib import aclosing

import structlog

from contracts.base import BY_CLASS
from contracts.errors import MalformedRecord
from contracts.names import SLA
from contracts.sla import PolicyPublished
from kit.bus import Bus, BusError, Message, Place
from kit.consume.inbox import read
from kit.decider import Put
from kit.policy_book import PolicyBook
from kit.store import Store, Tx, Unavailable

POLICY_PARTITION: Place = (SLA, 0)
SAVE_OFFSET_EVERY_RECORDS = 1_000
"""Records after which it is kept how far we are; those since then are read again after a restart, to no effect."""
POLICY_WIRE_TYPE = BY_CLASS[PolicyPublished].wire.rpartition(".")[0].encode()

log = structlog.get_logger("policies")


class PolicyFeed:
    """Keeps the book as full as the topic is."""

    def __init__(self, store: Store, bus: Bus, book: PolicyBook) -> None:
        self._store, self._bus, self._book = store, bus, book

    async def run(self) -> None:
        """Read until cancelled; what fails is tried again, and meanwhile the last policy known holds."""
        while True:
            try:
                await self._read()
            except (BusError, Unavailable) as error:
                log.warning("policies are not heard", error=str(error))
                await asyncio.sleep(1)

    async def _read(self) -> None:
        async with self._store.statement() as tx:
            rows = await tx.rows("readings", [_key()])
            await self._book.load(tx)  # what is behind us may have been kept by a commit whose answer was lost
        begin = kept = rows[0]["koffset"] if rows else 0
        async with aclosing(self._bus.partition(POLICY_PARTITION, begin)) as messages:  # type: ignore[type-var]
            async for message in messages:
                if message.offset < kept:  # the topic was made anew
                    kept = 0
                if (policy := _is_policy(message)) or message.offset >= kept + SAVE_OFFSET_EVERY_RECORDS:
                    kept = message.offset + 1
                    async with self._store.transaction() as tx:
                        if policy:
                            await self._put(tx, message)
                        await tx.put([Put("readings", _key(), {"koffset": kept})])

    async def _put(self, tx: Tx, message: Message) -> None:
        try:
            one = read(message)
        except MalformedRecord as error:
            log.error("a policy is no record of ours", offset=message.offset, error=str(error))
            return
        record = message.partition, one.envelope, message.value or b""
        await self._book.put(tx, *record)
        # Only then, so that any other replica can know a version by which something was judged.
        tx.after_commit(lambda: self._book.hear(*record))


def _is_policy(message: Message) -> bool:
    return any(name == "ce_type" and value.startswith(POLICY_WIRE_TYPE) for name, value in message.headers)


def _key() -> dict[str, object]:
    return {"source": POLICY_PARTITION[0], "shard": POLICY_PARTITION[1]}
