"""Read models; a table is created with its first row."""

from collections.abc import AsyncIterable, Sequence
from typing import Any, Literal

from kit.decider import Put
from kit.memory.changes import Changes
from kit.store.columns import merged
from kit.store.values import PolicyInForce, PolicyRow


class ReadModels(Changes):
    """Writes rows, and reads those that a command or reaction needs."""

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows of a read model that exist."""
        await self._step()
        model = self.tables.models.get(table, {})
        wanted = sorted(tuple(key.values()) for key in keys)
        return [dict(model[key]) for key in wanted if key in model]

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows with these values."""
        await self._step()
        rows = self.tables.models.get(table, {}).values()
        return [dict(row) for row in rows if all(row.get(name) == value for name, value in where.items())]

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless there is one with this key."""
        await self._step()
        model = self.tables.models.setdefault(table, {})
        if tuple(key.values()) not in model:
            self.write(model, tuple(key.values()), key | values)
        return dict(model[tuple(key.values())])

    async def first_long(
        self,
        table: str,
        key: dict[str, Any],
        values: dict[str, Any],
        column: str,
        size: int,
        pieces: AsyncIterable[bytes],
    ) -> None:
        """Insert a row unless there is one with this key."""
        whole = b"".join([piece async for piece in pieces])
        await self.first(table, key, values | {column: whole})

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows."""
        await self._step()
        for (table, keys, columns), rows in merged(changes).items():
            model = self.tables.models.setdefault(table, {})
            for row in rows:
                key = tuple(row[: len(keys)])
                self.write(model, key, model.get(key, {}) | dict(zip(keys + columns, row, strict=True)))

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        await self._step()
        rows = sorted(self.tables.models.get("policies", {}).values(), key=lambda row: int(row["ordinal"]))
        names = ("ordinal", "schema_version", "data", "version", "published_at")
        return [PolicyRow(*(row[name] for name in names)) for row in rows]

    async def policies_in_force(self) -> list[PolicyInForce]:
        """The version published last, for each shard that has one."""
        await self._step()
        rows = self.tables.models.get("policies_in_force", {}).values()
        return [PolicyInForce(row["shard"], row["ordinal"], row["version"]) for row in rows]
