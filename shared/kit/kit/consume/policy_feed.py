"""Policies for a service that doesn't consume sla-timer's topic: read from one partition of it, beside the consumer.

Every publication is in every shard, so one partition has them all. Records of other topics don't wait for a policy, and
the events of this service don't name it in `seen`: their consumers need not have the policy first.
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
"""Records between saves of our offset. After a restart, those since the last save are read again, without effect."""
POLICY_WIRE_TYPE = BY_CLASS[PolicyPublished].wire.rpartition(".")[0].encode()

log = structlog.get_logger("policies")


class PolicyFeed:
    """Keeps the policy book up to date with the topic."""

    def __init__(self, store: Store, bus: Bus, book: PolicyBook) -> None:
        self._store, self._bus, self._book = store, bus, book

    async def run(self) -> None:
        """Read until cancelled, and try again after errors; meanwhile the last policy known applies."""
        while True:
            try:
                await self._read()
            except (BusError, Unavailable) as error:
                log.warning("policies are not heard", error=str(error))
                await asyncio.sleep(1)

    async def _read(self) -> None:
        async with self._store.statement() as tx:
            rows = await tx.rows("readings", [_key()])
            await self._book.load(tx)  # a commit whose answer was lost may have kept some
        begin = kept = rows[0]["koffset"] if rows else 0
        async with aclosing(self._bus.partition(POLICY_PARTITION, begin)) as messages:  # type: ignore[type-var]
            async for message in messages:
                if message.offset < kept:  # the topic was replaced
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
        # Learn it only after the commit, so that every replica can read a version that we decide by.
        tx.after_commit(lambda: self._book.hear(*record))


def _is_policy(message: Message) -> bool:
    return any(name == "ce_type" and value.startswith(POLICY_WIRE_TYPE) for name, value in message.headers)


def _key() -> dict[str, object]:
    return {"source": POLICY_PARTITION[0], "shard": POLICY_PARTITION[1]}
