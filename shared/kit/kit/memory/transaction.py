"""All that can be done within a transaction, concern by concern."""

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
    """In memory nobody understands SQL; a simulation gives each statement its equal."""

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
        """Call this once the transaction is done."""
        self.then.append(then)
