"""Comparing the log with the broker. The view `closed_shards` defines which shards are closed."""

from collections.abc import Sequence
from uuid import UUID

from kit.postgres.connected import Connected, columns_of
from kit.store.values import Closed, LogEnd, Row

NAME_SERVER = """
SELECT set_config('punctual.server', concat_ws('/',
    (SELECT system_identifier FROM pg_control_system()),
    CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END,
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    extract(epoch FROM pg_postmaster_start_time())
), false), pg_is_in_recovery()
"""
"""Notes for this connection which server it is to (cluster, timeline, database, process start). Returns whether that is
a standby."""

SELECT_CLOSED = """
SELECT shard, reason, unsure, restored OR split_part(server, '/', 1) <> split_part(here, '/', 1)
    OR split_part(server, '/', 2) <> split_part(here, '/', 2) OR split_part(server, '/', 3) <> split_part(here, '/', 3)
FROM closed_shards, current_setting('punctual.server', true) AS here
"""
"""The last column: whether the database was restored or replaced, rather than restarted."""

LOG_ENDS = """
SELECT h.shard, h.seq, e.event_id, r.seq, r.event_id, r.koffset, coalesce(v.server IS NOT NULL, false)
FROM heads h JOIN relay_cursor r ON r.shard = h.shard LEFT JOIN verified v ON v.shard = h.shard
LEFT JOIN events e ON e.shard = h.shard AND e.shard_seq = h.seq
WHERE h.shard = ANY($1::integer[]) ORDER BY h.shard
"""

SELECT_MARKS = "SELECT shard, concat_ws('/', server, written::text) FROM verified WHERE shard = ANY($1::integer[])"

SELECT_IDS = """
SELECT e.shard, e.shard_seq, e.event_id FROM unnest($1::integer[], $2::bigint[]) AS k(shard, seq)
JOIN events e ON e.shard = k.shard AND e.shard_seq = k.seq
"""

LOCK = "SELECT pg_advisory_xact_lock(7073, $1)"

HEAD = "SELECT seq FROM heads WHERE shard = $1"

ADOPT = """
INSERT INTO events
SELECT e.shard, e.seq, e.stream, e.version, e.id, e.command, e.type, e.schema, e.at, e.data::json, e.meta::jsonb::json
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::integer[], $5::uuid[], $6::uuid[], $7::text[], $8::integer[],
            $9::timestamptz[], $10::text[], $11::text[])
    AS e(shard, seq, stream, version, id, command, type, schema, at, data, meta)
"""

ANSWER = """
INSERT INTO commands (shard, command_id, request_hash, result)
SELECT $1, c.id, '', c.result::json FROM unnest($2::uuid[], $3::text[]) AS c(id, result)
ON CONFLICT (shard, command_id) DO NOTHING
"""
"""The hash of the request is lost: an empty one matches every request."""

REACH = "UPDATE heads SET seq = $2, recorded_at = greatest(recorded_at, $3) WHERE shard = $1"

SEEN = """
INSERT INTO seen (shard, topic, seq)
SELECT $1, s.topic, max(s.seq::bigint) FROM unnest($2::text[]) AS m(meta), jsonb_each_text(m.meta::jsonb -> 'seen')
    AS s(topic, seq)
GROUP BY s.topic ORDER BY s.topic
ON CONFLICT (shard, topic) DO UPDATE SET seq = greatest(seen.seq, excluded.seq)
"""

MARK = """
INSERT INTO verified (shard, server, written, stopped)
VALUES ($1, current_setting('punctual.server'), pg_current_xact_id()::xid, $2)
ON CONFLICT (shard) DO UPDATE
SET server = excluded.server, written = excluded.written, stopped = excluded.stopped
"""

LOOKED = "UPDATE relay_cursor SET koffset = $2 WHERE shard = $1"

GO_ON = "UPDATE relay_cursor SET seq = $2, event_id = $3 WHERE shard = $1 AND seq < $2"

REPUBLISH = """
UPDATE relay_cursor r SET seq = $2,
    event_id = (SELECT e.event_id FROM events e WHERE e.shard = r.shard AND e.shard_seq = $2)
WHERE r.shard = $1 AND r.seq > $2
"""

REPUBLISH_KEYS = "UPDATE subject_keys SET relayed = false"


class Comparing(Connected):
    """Reads and marks how far the log is known to be complete."""

    async def closed(self) -> dict[int, Closed]:
        """The shards to which nothing may be appended now."""
        return {row[0]: Closed(*row[1:]) for row in await self.connection.fetch(SELECT_CLOSED)}

    async def unsure(self) -> bool:
        """Whether the log may lack recorded events."""
        return any(one.unsure for one in (await self.closed()).values())

    async def log_ends(self, shards: Sequence[int]) -> list[LogEnd]:
        """Where these shards' logs end."""
        return [LogEnd(*row) for row in await self.connection.fetch(LOG_ENDS, shards)]

    async def marks(self, shards: Sequence[int]) -> dict[int, str]:
        """By shard, a mark that changes whenever the shard is compared again."""
        return {row[0]: row[1] for row in await self.connection.fetch(SELECT_MARKS, shards)}

    async def ids(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], UUID]:
        """The event ids at these (shard, number)."""
        rows = await self.connection.fetch(SELECT_IDS, *columns_of(places, 2))
        return {(row[0], row[1]): row[2] for row in rows}

    async def adopt(self, rows: Sequence[Row], answers: dict[UUID, bytes]) -> bool:
        """Add events of one shard as they are, under its lock."""
        first, last = rows[0], rows[-1]
        await self.connection.execute(LOCK, first.shard)
        if await self.connection.fetchval(HEAD, first.shard) != first.shard_seq - 1:
            return False
        columns = [
            (r.shard, r.shard_seq, r.stream, r.version, r.event_id, r.command_id, r.type, r.schema_version,
             r.recorded_at, r.data, r.meta)
            for r in rows
        ]  # fmt: skip
        await self.connection.execute(ADOPT, *columns_of(columns, 11))
        results = [result.decode() for result in answers.values()]
        await self.connection.execute(ANSWER, first.shard, list(answers), results)
        await self.connection.execute(REACH, last.shard, last.shard_seq, last.recorded_at)
        await self.connection.execute(SEEN, first.shard, [row.meta for row in rows])
        return True

    async def open(self, shard: int, koffset: int | None = None, relayed: tuple[int, UUID] | None = None) -> None:
        """Let the shard be appended to on this server."""
        await self.connection.execute(MARK, shard, None)
        if koffset is not None:
            await self.connection.execute(LOOKED, shard, koffset)
        if relayed:
            await self.connection.execute(GO_ON, shard, *relayed)

    async def close(self, shard: int, reason: str) -> None:
        """Let nothing be appended to the shard."""
        await self.connection.execute(MARK, shard, reason)

    async def republish(self, shard: int, after: int) -> bool:
        """Set the relay's cursor back to an event, and note its id."""
        return bool((await self.connection.execute(REPUBLISH, shard, after)).endswith(" 1"))

    async def republish_keys(self) -> None:
        """Let the relay send every key again."""
        await self.connection.execute(REPUBLISH_KEYS)
