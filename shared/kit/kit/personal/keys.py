"""How services that don't make persons' keys receive them: from the compacted topic `punctual.keys.v1`.

A tombstone only cleans the topic. A key is deleted here by the event that says that its subject was erased.
"""

import asyncio
from contextlib import aclosing
from uuid import UUID

import structlog

from contracts.names import KEYS
from kit.bus import Bus, BusError, Message
from kit.store import Store, Tx, Unavailable

MAX_ABSENT_SUBJECTS = 100_000
"""Subjects without a key that we remember; then we forget them all."""

log = structlog.get_logger("keys")


class KeyTable:
    """Keeps the table `subject_keys` up to date with the topic."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store, self._bus = store, bus
        self._absent: set[UUID] = set()
        """Subjects without a key in the topic. Keys are sent before the events that need them: theirs won't come."""

    async def fetch(self, tx: Tx, subjects: set[UUID]) -> None:
        """Read the topic up to its present end for the keys of these subjects. A missing key was erased."""
        if not (wanted := subjects - self._absent):
            return
        try:
            found = {subject: key for subject, key in (await self._read()).items() if subject in wanted}
        except BusError as error:
            # Don't take the keys for erased: the caller tries again.
            raise Unavailable(f"the keys topic can't be read: {error}") from error
        if found:
            await tx.keep_keys(found, relayed=True)
        if len(self._absent) > MAX_ABSENT_SUBJECTS:
            self._absent.clear()
        self._absent |= wanted - found.keys()

    async def _read(self) -> dict[UUID, bytes]:
        """The keys in the topic, without those removed by a tombstone."""
        found: dict[UUID, bytes] = {}
        async with aclosing(self._bus.table(KEYS)) as messages:  # type: ignore[type-var]
            async for message in messages:
                if key := _key(message):
                    found[key[0]] = key[1]
        return {subject: key for subject, key in found.items() if key}

    async def complete(self) -> None:
        """Store all keys that the topic has now. Raises BusError, Unavailable."""
        await self._keep({subject: key for subject, key in (await self._read()).items() if key})

    async def run(self) -> None:
        """Store keys as they come, until cancelled. `fetch` gets those that this misses."""
        while True:
            try:
                await self._keep(await self._read())
                async with aclosing(self._bus.tail(KEYS)) as messages:  # type: ignore[type-var]
                    async for message in messages:
                        if (key := _key(message)) and key[1]:
                            await self._keep(dict([key]))
            except (BusError, Unavailable) as error:
                log.warning("the keys topic is not followed", error=str(error))
                await asyncio.sleep(1)

    async def _keep(self, keys: dict[UUID, bytes]) -> None:
        if keys:
            async with self._store.transaction() as tx:
                await tx.keep_keys(keys, relayed=True)


def _key(message: Message) -> tuple[UUID, bytes] | None:
    """A subject and its key; an empty one is a tombstone."""
    try:
        return UUID((message.key or b"").decode()), message.value or b""
    except ValueError:
        log.error("no key of ours", offset=message.offset, partition=message.partition)
        return None
