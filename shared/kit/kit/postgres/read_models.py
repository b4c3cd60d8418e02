"""Read models. Statements contain names of tables and columns, which are constants of the code, but never values."""

from collections.abc import AsyncIterable, Sequence
from contextlib import suppress
from typing import Any, Literal

import asyncpg

from kit.decider import Put
from kit.postgres.binary_copy import long_row
from kit.postgres.connected import Connected, columns_of
from kit.store.columns import merged, upsert
from kit.store.values import PolicyInForce, PolicyRow

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""

POLICIES = "SELECT ordinal, schema_version, data, version, published_at FROM policies ORDER BY ordinal"
POLICIES_IN_FORCE = "SELECT shard, ordinal, version FROM policies_in_force"


class ReadModels(Connected):
    """Writes rows, and reads those that a command or reaction needs."""

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows that exist, locked in the order of their keys."""
        if not keys:
            return []
        types, names = await self._types(table), list(keys[0])
        arrays = ", ".join(f"${n}::{types[name]}[]" for n, name in enumerate(names, 1))
        order = ", ".join(names)
        locking = {"share": " FOR SHARE", "update": " FOR UPDATE", None: ""}[lock]
        query = f"SELECT * FROM {table} WHERE ({order}) IN (SELECT * FROM unnest({arrays})) ORDER BY {order}{locking}"  # noqa: S608 - names are the code's own
        rows = await self.connection.fetch(query, *[[key[name] for key in keys] for name in names])
        return [dict(row) for row in rows]

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows with these values."""
        given = {name: value for name, value in where.items() if value is not None}
        conditions = [f"{name} = ${n}" for n, name in enumerate(given, 1)]
        conditions += [f"{name} IS NULL" for name in where if name not in given]
        query = f"SELECT * FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608 - names are the code's own
        return [dict(row) for row in await self.connection.fetch(query, *given.values())]

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless one with this key exists; waits for another transaction that inserts it."""
        row = key | values
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        query = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) ON CONFLICT ({', '.join(key)}) DO NOTHING"  # noqa: S608 - names are the code's own
        await self.connection.execute(query, *row.values())
        return (await self.rows(table, [key]))[0]

    async def first_long(
        self,
        table: str,
        key: dict[str, Any],
        values: dict[str, Any],
        column: str,
        size: int,
        pieces: AsyncIterable[bytes],
    ) -> None:
        """Insert a row unless one with this key exists; waits for another transaction that inserts it."""
        row, types = key | values, await self._types(table)
        source = long_row([(types[name], value) for name, value in row.items()], size, pieces)
        with suppress(asyncpg.UniqueViolationError):
            async with self.connection.transaction():  # a savepoint: only this is undone
                await self.connection.copy_to_table(table, source=source, columns=[*row, column], format="binary")

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows, one statement per table and set of columns."""
        for (table, keys, values), rows in merged(changes).items():
            await self.connection.execute(
                upsert(table, keys, values, await self._types(table)), *columns_of(rows, len(keys) + len(values))
            )

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        return [PolicyRow(*row) for row in await self.connection.fetch(POLICIES)]

    async def policies_in_force(self) -> list[PolicyInForce]:
        """The version published last, for each shard that has one."""
        return [PolicyInForce(*row) for row in await self.connection.fetch(POLICIES_IN_FORCE)]

    async def _types(self, table: str) -> dict[str, str]:
        if table not in self._columns:
            self._columns[table] = dict(await self.connection.fetch(COLUMNS, table))
        return self._columns[table]
