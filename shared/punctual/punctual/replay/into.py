"""Writing rebuilt read models into a database of their own."""

import asyncpg

from kit.postgres.read_models import COLUMNS
from kit.replay.replay import Rebuilt
from kit.store.columns import upsert

ROWS_AT_ONCE = 1000


async def write(dsn: str, rebuilt: Rebuilt) -> int:
    """Fill the read models of a migrated, empty database. Returns the number of rows."""
    connection = await asyncpg.connect(dsn)
    written = 0
    try:
        async with connection.transaction():
            for table, rows in rebuilt.tables.items():
                types = {row[0]: row[1] for row in await connection.fetch(COLUMNS, table)}
                shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, object]]] = {}
                for key, row in rows.items():
                    names = tuple(name for name, _ in key)
                    shapes.setdefault((names, tuple(sorted(row.keys() - set(names)))), []).append(row)
                for (keys, columns), some in shapes.items():
                    statement = upsert(table, keys, columns, types)
                    for begin in range(0, len(some), ROWS_AT_ONCE):
                        part = some[begin : begin + ROWS_AT_ONCE]
                        await connection.execute(
                            statement, *[[row[name] for row in part] for name in (*keys, *columns)]
                        )
                        written += len(part)
    finally:
        await connection.close()
    return written
