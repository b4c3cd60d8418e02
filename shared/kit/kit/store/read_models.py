"""Read models: rows that follow from the log, in the service's own tables and in the tables of policies."""

from collections.abc import AsyncIterable, Sequence
from typing import Any, Literal, Protocol

from kit.decider import Put
from kit.store.values import PolicyInForce, PolicyRow


class ReadModels(Protocol):
    """Writes rows, and reads those that a command or reaction needs."""

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows of a read model that exist, locked in the order of their keys."""
        ...

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a read model with these values; None stands for NULL."""
        ...

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless one with this key exists; returns the row that is there now."""
        ...

    async def first_long(
        self,
        table: str,
        key: dict[str, Any],
        values: dict[str, Any],
        column: str,
        size: int,
        pieces: AsyncIterable[bytes],
    ) -> None:
        """Insert a row unless one with this key exists. Its `column`, of `size` bytes, comes in pieces, and is never
        in memory as a whole."""
        ...

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows."""
        ...

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        ...

    async def policies_in_force(self) -> list[PolicyInForce]:
        """The version published last, for each shard that has one."""
        ...
