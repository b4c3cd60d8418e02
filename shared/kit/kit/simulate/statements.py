"""A service's own SQL, in memory: each statement has a Python function that passes the same tests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kit.memory import MemoryTx

InMemoryStatement = Callable[..., Sequence[Mapping[str, Any]]]
"""(transaction, the database's time in seconds, *values of the statement) -> its rows."""
InMemoryStatements = Mapping[str, InMemoryStatement]
"""The Python functions, by the statement's text."""


class StatementRow(dict[str, Any]):
    """A row; columns can be read by name or position."""

    def __getitem__(self, name: str | int) -> Any:
        return list(self.values())[name] if isinstance(name, int) else super().__getitem__(name)


class Statements:
    """A transaction's connection, which runs a service's own statements in memory."""

    def __init__(self, tx: MemoryTx, statements: InMemoryStatements) -> None:
        self._tx, self._statements = tx, statements

    async def fetch(self, statement: str, *values: Any) -> list[StatementRow]:
        """The rows of a statement."""
        await self._tx._step()
        now = asyncio.get_running_loop().time()
        return [StatementRow(row) for row in self._statements[statement](self._tx, now, *values)]

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; None if there is no row."""
        rows = await self.fetch(statement, *values)
        return rows[0][0] if rows else None

    async def execute(self, statement: str, *values: Any) -> None:
        """Run a statement."""
        await self.fetch(statement, *values)
