"""A service's own SQL, in memory: each statement has an equal in Python, which passes the same tests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kit.memory import MemoryTx

InMemoryStatement = Callable[..., Sequence[Mapping[str, Any]]]
"""(transaction, the database's clock in seconds, *the statement's values) -> its rows."""
InMemoryStatements = Mapping[str, InMemoryStatement]
"""By the statement's text."""


class StatementRow(dict[str, Any]):
    """A row, whose columns go by name or by place."""

    def __getitem__(self, name: str | int) -> Any:
        return list(self.values())[name] if isinstance(name, int) else super().__getitem__(name)


class Statements:
    """A transaction's connection, for a service's own statements."""

    def __init__(self, tx: MemoryTx, statements: InMemoryStatements) -> None:
        self._tx, self._statements = tx, statements

    async def fetch(self, statement: str, *values: Any) -> list[StatementRow]:
        """The rows of a statement."""
        await self._tx._step()
        now = asyncio.get_running_loop().time()
        return [StatementRow(row) for row in self._statements[statement](self._tx, now, *values)]

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """The first column of its first row; None without one."""
        rows = await self.fetch(statement, *values)
        return rows[0][0] if rows else None

    async def execute(self, statement: str, *values: Any) -> None:
        """Carry a statement out."""
        await self.fetch(statement, *values)
