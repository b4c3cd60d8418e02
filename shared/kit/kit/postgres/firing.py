"""Firing: writing all that follows from due timers in one statement, which commits by itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kit.decider import Put
from kit.postgres.connected import columns_of
from kit.postgres.log import Log
from kit.postgres.read_models import ReadModels
from kit.store.columns import Shape, merged, on_conflict, unnest
from kit.store.values import Fired, Firing

FIRING = "firing_of_row"
"""A further column of each row: the number of the firing that it belongs to."""

FIRE = """
WITH sure AS MATERIALIZED (
    SELECT $1::timestamptz AS at WHERE NOT EXISTS (
        SELECT FROM unnest($16::integer[], $17::text[]) AS m(shard, mark) JOIN verified v USING (shard)
        WHERE m.mark <> concat_ws('/', v.server, v.written::text)
    )
), appended AS MATERIALIZED (
    SELECT outcome, place FROM sure, append_at(sure.at, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        WITH ORDINALITY AS a(outcome, place)
), gone AS (
    DELETE FROM timers t
    USING unnest($2::integer[], $5::text[], $15::timestamptz[]) WITH ORDINALITY AS k(shard, stream, due_at, place)
    JOIN appended a USING (place)
    WHERE t.shard = k.shard AND t.stream_id = k.stream AND t.due_at <= k.due_at AND a.outcome <> 'conflict'
    RETURNING 1
){rows}
SELECT outcome, (SELECT count(*) FROM gone) FROM appended ORDER BY place
"""


class Fires(Log, ReadModels):
    """Appends events, removes timers and writes read-model rows in one statement."""

    async def fire(self, firings: Sequence[Firing], now: datetime, marks: Mapping[int, str]) -> Fired | None:
        """The outcome of each firing, and how many timers were removed. None: nothing was written."""
        values = [*self._arguments([one.append for one in firings], now), [one.last.due_at for one in firings]]
        values += columns_of(sorted(marks.items()), 2)
        parts = []
        placed = [Put(p.table, p.key, p.values | {FIRING: n}) for n, one in enumerate(firings, 1) for p in one.puts]
        for n, (shape, rows) in enumerate(merged(placed).items()):
            parts.append(f", rows_{n} AS ({await self._rows_of_appended(shape, len(values) + 1)})")
            values += columns_of(rows, len(rows[0]))
        found = await self.connection.fetch(FIRE.format(rows="".join(parts)), *values)
        return Fired([row[0] for row in found], found[0][1]) if found else None

    async def _rows_of_appended(self, shape: Shape, first: int) -> str:
        """The statement that writes the rows of those firings whose events were appended now."""
        table, keys, columns = shape
        types = await self._types(table) | {FIRING: "bigint"}
        given = [*keys, *columns]
        names = [name for name in given if name != FIRING]
        return (
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(f'k.{name}' for name in names)} "  # noqa: S608 - names are the code's own
            f"FROM {unnest(given, types, first)} AS k({', '.join(given)}) JOIN appended a ON a.place = k.{FIRING} "
            f"WHERE a.outcome = 'appended' " + on_conflict(keys, [name for name in columns if name != FIRING])
        )
