"""The statements of the plumbing. Services keep theirs in their own `store`."""

KNOWN = """
SELECT c.command_id, c.request_hash, c.result
FROM unnest($1::integer[], $2::uuid[]) AS k(shard, id)
JOIN commands c ON c.shard = k.shard AND c.command_id = k.id
"""

EVENT_COLUMNS = (
    "shard, shard_seq, stream_id, version, event_id, command_id, type, schema_version, recorded_at, data, meta"
)

HISTORY = """
SELECT e.shard, e.shard_seq, e.stream_id, e.version, e.event_id, e.command_id, e.type, e.schema_version,
       e.recorded_at, e.data, e.meta
FROM unnest($1::integer[], $2::text[]) AS k(shard, stream)
JOIN events e ON e.shard = k.shard AND e.stream_id = k.stream
ORDER BY e.stream_id, e.version
"""

APPEND = """
SELECT outcome, first_seq, recorded, seen_json, hash, answer
FROM append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

SET_TIMERS = """
INSERT INTO timers (shard, stream_id, kind, generation, due_at)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[])
ON CONFLICT (shard, stream_id, kind) DO UPDATE SET generation = excluded.generation, due_at = excluded.due_at
"""

DROP_TIMERS = """
DELETE FROM timers t
USING unnest($1::integer[], $2::text[], $3::text[], $4::integer[]) AS k(shard, stream, kind, generation)
WHERE t.shard = k.shard AND t.stream_id = k.stream AND t.kind = k.kind AND t.generation = k.generation
RETURNING t.shard, t.stream_id, t.kind, t.generation, t.due_at
"""

TIMERS_DUE = """
SELECT shard, stream_id, kind, generation, due_at FROM timers
WHERE shard = ANY($1::integer[]) AND due_at < $2 ORDER BY due_at LIMIT $3
"""

POLICIES = "SELECT schema_version, data FROM policies ORDER BY published_at, version"

CURSORS = """
SELECT c.source, c.shard, c.seq, c.event_id, c.koffset FROM consumer_cursor c
WHERE c.source = ANY($1::text[]) AND c.shard = ANY($2::integer[]) ORDER BY c.source, c.shard
"""

BEGIN_CURSORS = """
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
UPDATE consumer_cursor c SET seq = m.seq, event_id = m.event_id, koffset = m.koffset
FROM move m JOIN locked l ON l.source = m.source AND l.shard = m.shard
WHERE c.source = m.source AND c.shard = m.shard AND c.seq = m.before
"""

SEE = """
INSERT INTO seen (shard, topic, seq)
SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[]) AS s(shard, topic, seq) ORDER BY s.shard, s.topic
ON CONFLICT (shard, topic) DO UPDATE SET seq = greatest(seen.seq, excluded.seq)
"""

PARK = """
INSERT INTO parked (shard, identity, source, seq, record, headers, reason, parked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, shard, seq) DO NOTHING
"""

PARKED = """
SELECT position, shard, identity, source, seq, record, headers, reason, parked_at FROM parked
WHERE shard = ANY($1::integer[]) AND ($2::uuid IS NULL OR identity = $2) ORDER BY position
"""

PARKED_IN = "SELECT DISTINCT shard, identity FROM parked WHERE shard = ANY($1::integer[])"

UNPARK = "DELETE FROM parked WHERE position = ANY($1::bigint[])"

KEYS = "SELECT subject_id, wrapped FROM subject_keys WHERE subject_id = ANY($1::uuid[])"

KEEP_KEYS = """
INSERT INTO subject_keys (subject_id, wrapped, relayed)
SELECT k.id, k.wrapped, $3 FROM unnest($1::uuid[], $2::bytea[]) AS k(id, wrapped)
WHERE NOT EXISTS (SELECT FROM erased_subjects e WHERE e.subject_id = k.id)
ORDER BY k.id
ON CONFLICT (subject_id) DO NOTHING
"""

ERASED = "SELECT subject_id FROM erased_subjects WHERE subject_id = ANY($1::uuid[])"

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""

# Relay
TO_RELAY = """
SELECT e.shard, e.shard_seq, e.stream_id, e.version, e.event_id, e.command_id, e.type, e.schema_version,
       e.recorded_at, e.data, e.meta, r.event_id AS previous,
       EXISTS (SELECT FROM subject_keys WHERE NOT relayed) AS keys
FROM heads h
JOIN relay_cursor r ON r.shard = h.shard AND r.seq < h.seq
CROSS JOIN LATERAL (
    SELECT * FROM events e WHERE e.shard = h.shard AND e.shard_seq > r.seq ORDER BY e.shard_seq LIMIT $2
) e
WHERE h.shard = ANY($1::integer[])
ORDER BY e.shard, e.shard_seq
"""

RELAYED = """
UPDATE relay_cursor r SET seq = m.seq, event_id = m.event_id
FROM unnest($1::integer[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[])
    AS m(shard, seq, event_id, epoch, before)
JOIN leases l ON l.shard = m.shard AND l.epoch = m.epoch
WHERE r.shard = m.shard AND r.seq = m.before
RETURNING r.shard
"""

LEASE_ALIVE = """
WITH gone AS (DELETE FROM relays WHERE expires_at < clock_timestamp() - interval '1 minute')
INSERT INTO relays (owner, expires_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at
"""

LEASE_SHARE = "SELECT ceil(64.0 / greatest(1, count(*)))::integer FROM relays WHERE expires_at > clock_timestamp()"

LEASE_RENEW = """
UPDATE leases SET expires_at = clock_timestamp() + make_interval(secs => $2)
WHERE owner = $1 AND shard = ANY($3::integer[]) AND expires_at > clock_timestamp()
RETURNING shard, epoch
"""

LEASE_TAKE = """
UPDATE leases SET owner = $1, epoch = epoch + 1, expires_at = clock_timestamp() + make_interval(secs => $2)
WHERE shard IN (
    SELECT shard FROM leases WHERE expires_at <= clock_timestamp() ORDER BY shard LIMIT $3 FOR UPDATE SKIP LOCKED
)
RETURNING shard, epoch
"""

LEASE_RELEASE = (
    "UPDATE leases SET owner = NULL, expires_at = '-infinity' WHERE owner = $1 AND shard = ANY($2::integer[])"
)

LEASE_LEAVE = "DELETE FROM relays WHERE owner = $1"

KEYS_TO_RELAY = "SELECT subject_id, wrapped FROM subject_keys WHERE NOT relayed LIMIT 1000"

KEYS_RELAYED = "UPDATE subject_keys SET relayed = true WHERE subject_id = ANY($1::uuid[])"

# The settled edge
SETTLE = "SELECT floor_at, shard, seq FROM settle($1)"

SAME_CLOCK = """
INSERT INTO clock (speed, epoch, since) VALUES ($1, $2, $3)
ON CONFLICT (only_row) DO NOTHING
"""

READ_CLOCK = "SELECT speed, epoch, since FROM clock"

WALL_CLOCK = "SELECT clock_timestamp()"
