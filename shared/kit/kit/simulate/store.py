"""A process's connection to its service's database: sometimes slow, and cut at any step."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from kit.memory import MemoryStore, MemoryTx
from kit.simulate.faults import Faults
from kit.simulate.statements import InMemoryStatements, Statements
from kit.store import Unavailable


class Database(MemoryStore):
    """A service's database, which all of its processes share. `away`: nobody reaches it."""

    away = False

    def lock(self) -> asyncio.Lock:
        """The lock that excludes all transactions."""
        return self._mutex


class SimulatedStore(MemoryStore):
    """A process's store on the database `there`. Once the process is dead, it writes nothing any more.

    `statements`: the Python functions for the service's own SQL.
    """

    def __init__(
        self,
        there: Database,
        random: Random,
        faults: Callable[[], Faults],
        statements: InMemoryStatements | None = None,
    ) -> None:
        super().__init__(there.topic, self._step)
        self.tables, self._mutex, self._there = there.tables, there._mutex, there
        self._random, self.faults, self._statements = random, faults, statements or {}
        self.dead = False
        self.in_order = False
        """Whether the process was stopped and has finished its work."""
        self.fuse = 0
        """After so many more steps the process crashes; 0: it doesn't."""
        self.still_until = 0.0
        """The loop's seconds until which the process stands still."""
        self.blown: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTx]:
        """See `MemoryStore`. Raises Unavailable at any step."""
        if (pause := self.still_until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(pause)
        self._reach()
        async with super().transaction() as tx:
            self._reach()
            tx.connection = Statements(tx, self._statements)
            yield tx

    def _reach(self) -> None:
        if self.dead:
            raise Unavailable("this process is dead")
        if self._there.away:
            raise Unavailable("the database is away")

    async def _step(self) -> None:
        if self.fuse:
            self.fuse -= 1
            if not self.fuse:
                self.blown()
        if self.dead:
            raise Unavailable("this process is dead")
        faults, chance = self.faults(), self._random.random()
        if chance < faults.lost:
            raise Unavailable("the connection was cut")
        if chance < faults.lost + faults.slow:
            await asyncio.sleep(self._random.random() * faults.slowness)
        elif self._random.random() < faults.yields:
            await asyncio.sleep(0)
