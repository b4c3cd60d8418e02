"""A transaction: all concerns on the same tables."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from kit.memory.comparing import Comparing
from kit.memory.cursors import Cursors
from kit.memory.firing import Fires
from kit.memory.keys import Keys
from kit.memory.leases import Leases
from kit.memory.parking import Parking
from kit.memory.relaying import Relaying
from kit.memory.tables import Tables
from kit.store.sql import Connection


class _NoStatements:
    """Refuses SQL, which nobody executes in memory; a simulation replaces this by Python functions."""

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """Raises NotImplementedError."""
        raise NotImplementedError(statement)

    fetchval = execute = fetch


NO_STATEMENTS = _NoStatements()


class MemoryTx(Fires, Cursors, Parking, Keys, Relaying, Leases, Comparing):
    """One transaction."""

    def __init__(self, tables: Tables, topic: str, step: Callable[[], Awaitable[None]]) -> None:
        super().__init__(tables, topic, step)
        self.then: list[Callable[[], None]] = []
        self.connection: Connection = NO_STATEMENTS

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call `then` once the transaction is committed."""
        self.then.append(then)
