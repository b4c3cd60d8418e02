"""Relaying: the events between the relay's cursors and the shards' heads."""

from collections.abc import Sequence
from uuid import UUID

from kit.postgres.connected import Connected, columns_of
from kit.store.values import Pending, Relayed, Row

PENDING = """
SELECT p.*, k.keys
FROM (SELECT EXISTS (SELECT FROM subject_keys WHERE NOT relayed) AS keys) k
LEFT JOIN (
    SELECT e.shard, e.shard_seq, e.stream_id, e.version, e.event_id, e.command_id, e.type, e.schema_version,
           e.recorded_at, e.data, e.meta, r.event_id AS previous
    FROM heads h
    JOIN relay_cursor r ON r.shard = h.shard AND r.seq < h.seq
    CROSS JOIN LATERAL (
        SELECT * FROM events e WHERE e.shard = h.shard AND e.shard_seq > r.seq ORDER BY e.shard_seq LIMIT $2
    ) e
    WHERE h.shard = ANY($1::integer[])
) p ON true
ORDER BY p.shard, p.shard_seq
"""
"""One row without an event if there is none, because there may be keys to send."""

RELAYED = """
UPDATE relay_cursor r SET seq = m.seq, event_id = m.event_id, koffset = coalesce(m.koffset, r.koffset)
FROM unnest($1::integer[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS m(shard, seq, event_id, epoch, before, koffset)
JOIN leases l ON l.shard = m.shard AND l.epoch = m.epoch
WHERE r.shard = m.shard AND r.seq = m.before AND NOT EXISTS (SELECT FROM closed_shards c WHERE c.shard = m.shard)
RETURNING r.shard
"""
"""Not in closed shards: if the log went back in time, the cursor would skip events that only the broker has."""


class Relaying(Connected):
    """Finds events for the broker, and notes what it has acknowledged."""

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """The events that the broker lacks."""
        found: list[tuple[Row, UUID | None]] = []
        last: tuple[int, UUID | None] = (-1, None)
        rows = await self.connection.fetch(PENDING, shards, limit)
        for *columns, cursor, _ in rows if rows[0]["shard"] is not None else ():
            row = Row(*columns)
            found.append((row, last[1] if last[0] == row.shard else cursor))
            last = (row.shard, row.event_id)
        return Pending(found, bool(rows[0]["keys"]))

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors of open shards under our lease. Returns these shards."""
        rows = [(one.shard, one.seq, one.event_id, one.epoch, one.before, one.koffset) for one in done]
        return {row[0] for row in await self.connection.fetch(RELAYED, *columns_of(rows, 6))}
