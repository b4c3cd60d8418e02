"""Cursors. They are locked and written in the order of their keys, so that two consumers can't deadlock."""

from collections.abc import Sequence

from kit.postgres.connected import Connected, columns_of
from kit.store import CursorMoved
from kit.store.values import Cursor, CursorMove

CURSORS = """
SELECT c.source, c.shard, c.seq, c.event_id, c.koffset FROM consumer_cursor c
WHERE c.source = ANY($1::text[]) AND c.shard = ANY($2::integer[]) ORDER BY c.source, c.shard
"""

BEGIN = """
INSERT INTO consumer_cursor (source, shard)
SELECT * FROM unnest($1::text[], $2::integer[]) ON CONFLICT DO NOTHING
"""

ADVANCE = """
WITH move AS (
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[])
        AS m(source, shard, before, seq, event_id, koffset)
), locked AS (
    SELECT c.source, c.shard FROM consumer_cursor c JOIN move m ON m.source = c.source AND m.shard = c.shard
    ORDER BY c.source, c.shard FOR UPDATE OF c
)
UPDATE consumer_cursor c SET seq = m.seq, event_id = m.event_id, koffset = m.koffset,
    kept = CASE c.kept WHEN m.before THEN m.seq ELSE c.kept END
FROM move m JOIN locked l ON l.source = m.source AND l.shard = m.shard
WHERE c.source = m.source AND c.shard = m.shard AND c.seq = m.before
"""

SEE = """
INSERT INTO seen (shard, topic, seq)
SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[]) AS s(shard, topic, seq) ORDER BY s.shard, s.topic
ON CONFLICT (shard, topic) DO UPDATE SET seq = greatest(seen.seq, excluded.seq)
"""


class Cursors(Connected):
    """Reads cursors, and advances each unless another process has."""

    async def advance(self, moves: Sequence[CursorMove], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors, or raise CursorMoved."""
        if begun := [(move.source, move.shard) for move in moves if move.before.seq == 0]:
            await self.connection.execute(BEGIN, *columns_of(sorted(begun), 2))
        rows = [
            (m.source, m.shard, m.before.seq, m.after.seq, m.after.event_id, m.after.koffset)
            for m in sorted(moves, key=lambda m: (m.source, m.shard))
        ]
        done = await self.connection.execute(ADVANCE, *columns_of(rows, 6))
        if int(done.split()[-1]) != len(moves):
            raise CursorMoved("another process is ahead in a shard of this batch")
        if seen:
            await self.connection.execute(SEE, *columns_of(sorted(seen), 3))

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursors of these topics' shards."""
        if lock:  # a row that doesn't exist can't be locked
            places = sorted((source, shard) for source in sources for shard in shards)
            await self.connection.execute(BEGIN, *columns_of(places, 2))
        query = CURSORS + (" FOR UPDATE" if lock else "")
        rows = await self.connection.fetch(query, sources, shards)
        return {(row[0], row[1]): Cursor(row[2], row[3], row[4]) for row in rows}
