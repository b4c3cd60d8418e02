"""A store in which a service's own statements can be carried out, beside what every store is asked for."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from kit.store import Store, Tx


class Connection(Protocol):
    """Where a service's own statements go, within a transaction."""

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """The rows of a statement, whose columns go by name or by place."""
        ...

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """The first column of its first row; None without one."""
        ...

    async def execute(self, statement: str, *values: Any) -> Any:
        """Carry a statement out."""
        ...


class SqlTx(Tx, Protocol):
    """One transaction."""

    @property
    def connection(self) -> Connection:
        """For the service's own statements."""
        ...


class SqlStore(Store, Protocol):
    """A service's database."""

    def statement(self) -> AbstractAsyncContextManager[SqlTx]:
        """As of Store."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[SqlTx]:
        """As of Store."""
        ...

    async def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a service's own query, outside any transaction. Raises Unavailable."""
        ...
