"""A store that also runs a service's own SQL statements."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from kit.store import Store, Tx


class Connection(Protocol):
    """Runs a service's own statements within a transaction."""

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """The rows of a statement; columns can be read by name or position."""
        ...

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; None if there is no row."""
        ...

    async def execute(self, statement: str, *values: Any) -> Any:
        """Run a statement."""
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
        """See `Store`."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[SqlTx]:
        """See `Store`."""
        ...

    async def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a service's own query, outside any transaction. Raises Unavailable."""
        ...
