"""Keys of persons, as services that don't make them get them: from the compacted topic `punctual.keys.v1`.

A tombstone there only cleans the topic; what deletes a key here is the event that says its subject was erased.
"""

import asyncio
from uuid import UUID

import structlog

from contracts.names import KEYS
from kit.bus import Bus, BusError, Message
from kit.store import Store, Tx, Unavailable

log = structlog.get_logger("keys")


class KeyTable:
    """Keeps the table `subject_keys` as full as the topic is."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store, self._bus = store, bus

    async def fetch(self, tx: Tx, subjects: set[UUID]) -> None:
        """Read the topic up to its present end for these subjects. What is not there now was erased."""
        found: dict[UUID, bytes] = {}
        try:
            async for message in self._bus.table(KEYS):
                if (key := _key(message)) and key[0] in subjects:
                    found[key[0]] = key[1]
        except BusError as error:
            # Not to be taken for erased: the caller tries again.
            raise Unavailable(f"the keys topic can't be read: {error}") from error
        if found:
            await tx.keep_keys(found, relayed=True)

    async def run(self) -> None:
        """Follow the topic until cancelled. What it misses, `fetch` brings."""
        while True:
            try:
                found = [key async for message in self._bus.table(KEYS) if (key := _key(message))]
                await self._keep(dict(found))
                async for message in self._bus.tail(KEYS):
                    if key := _key(message):
                        await self._keep(dict([key]))
            except (BusError, Unavailable) as error:
                log.warning("the keys topic is not followed", error=str(error))
                await asyncio.sleep(1)

    async def _keep(self, keys: dict[UUID, bytes]) -> None:
        if keys:
            async with self._store.transaction() as tx:
                await tx.keep_keys(keys, relayed=True)


def _key(message: Message) -> tuple[UUID, bytes] | None:
    try:
        return (UUID((message.key or b"").decode()), message.value) if message.value else None
    except ValueError:
        log.error("no key of ours", offset=message.offset, partition=message.partition)
        return None
