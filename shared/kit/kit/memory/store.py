"""A service's tables in this process, with one transaction at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from kit.memory.tables import Tables
from kit.memory.transaction import MemoryTx


async def no_stutter() -> None:
    """Don't pause between steps."""


class MemoryStore:
    """A service's tables, which outlive the parts that use them, as a database does.

    `stutter` is awaited between the steps of a transaction, where a simulation lets other tasks run, or crashes a
    process.
    """

    def __init__(
        self, topic: str, stutter: Callable[[], Awaitable[None]] = no_stutter, tables: Tables | None = None
    ) -> None:
        self.topic = topic
        self.tables = tables or Tables()
        self.stutter = stutter
        self._mutex = asyncio.Lock()

    async def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a service's own query, outside any transaction."""
        async with self.transaction() as tx:
            return list(await tx.connection.fetch(statement, *values))

    def statement(self) -> AbstractAsyncContextManager[MemoryTx]:
        """The same as a transaction, which costs no more in memory."""
        return self.transaction()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTx]:
        """A transaction; others wait. The step after the commit may crash too, which loses only the answer."""
        async with self._mutex:
            tx = MemoryTx(self.tables, self.topic, self.stutter)
            try:
                yield tx
                await self.stutter()
            except BaseException:
                tx.undo()
                raise
            await self.stutter()
        for then in tx.then:
            then()
