"""Timers, as rows of a table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kit.postgres.connected import Connected
from kit.store.values import Timer

SET = """
INSERT INTO timers (shard, stream_id, kind, generation, due_at, set_by, set_in, set_for)
SELECT *, generation
FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[], $6::uuid[], $7::text[])
    AS k(shard, stream_id, kind, generation, due_at, set_by, set_in)
ON CONFLICT (shard, stream_id, kind) DO UPDATE SET
    generation = excluded.generation, due_at = excluded.due_at,
    set_by = excluded.set_by, set_in = excluded.set_in, set_for = excluded.set_for
"""

COLUMNS = """
t.shard, t.stream_id, t.kind, t.generation, t.due_at,
CASE WHEN t.set_for = t.generation THEN t.set_by END, CASE WHEN t.set_for = t.generation THEN t.set_in END
"""
"""In the order of `Timer`. An older release doesn't write the setter, so one of an earlier generation is ignored."""

DROP = """
DELETE FROM timers t
USING unnest($1::integer[], $2::text[], $3::text[], $4::integer[]) AS k(shard, stream, kind, generation)
WHERE t.shard = k.shard AND t.stream_id = k.stream AND t.kind = k.kind AND t.generation = k.generation
"""

CLAIM = f"""
DELETE FROM timers t
USING unnest($1::integer[], $2::text[], $3::timestamptz[]) AS k(shard, stream, due_at)
WHERE t.shard = k.shard AND t.stream_id = k.stream AND t.due_at <= k.due_at
RETURNING {COLUMNS}
"""  # noqa: S608

DUE = f"""
SELECT {COLUMNS} FROM timers t
WHERE shard = ANY($1::integer[]) AND due_at < $2 AND (due_at > $3 OR NOT EXISTS (
    SELECT FROM timers later
    WHERE later.shard = t.shard AND later.stream_id = t.stream_id AND later.due_at <= $3
        AND (later.due_at, later.kind) > (t.due_at, t.kind)
))
ORDER BY due_at LIMIT $4
"""  # noqa: S608

EARLIEST = """
SELECT s.shard, t.due_at FROM generate_series(0, 63) AS s(shard)
CROSS JOIN LATERAL (SELECT due_at FROM timers WHERE shard = s.shard ORDER BY due_at LIMIT 1) AS t
"""


class Timers(Connected):
    """Sets timers, finds those that are due, and removes each once."""

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        if gone:
            await self.connection.execute(DROP, *_columns(gone))
        if new:
            await self.connection.execute(
                SET,
                *_columns(new),
                [timer.due_at for timer in new],
                [timer.set_by for timer in new],
                [timer.traceparent for timer in new],
            )

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers, and all that are due no later in their streams. Returns those removed."""
        rows = await self.connection.fetch(
            CLAIM,
            [timer.shard for timer in timers],
            [timer.stream for timer in timers],
            [timer.due_at for timer in timers],
        )
        return [Timer(*row) for row in rows]

    async def due(self, shards: Sequence[int], before: datetime, now: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        return [Timer(*row) for row in await self.connection.fetch(DUE, shards, before, now, limit)]

    async def earliest(self) -> dict[int, datetime]:
        """When the earliest timer of each shard that has one is due."""
        return dict(await self.connection.fetch(EARLIEST))


def _columns(timers: Sequence[Timer]) -> list[list[Any]]:
    return [
        [timer.shard for timer in timers],
        [timer.stream for timer in timers],
        [timer.kind for timer in timers],
        [timer.generation for timer in timers],
    ]
