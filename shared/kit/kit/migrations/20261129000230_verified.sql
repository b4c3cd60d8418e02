-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- On which server each shard's log was last compared with what the broker has of it. Nothing is appended to a log that
-- may have gone back in time: a restored row was written by another transaction than it says, and after a failover or a
-- restart of the server the connections name another one. NULL: never compared, as when this table was new.
-- stopped: why nothing may be appended though it was compared.
CREATE TABLE verified (
    shard   integer PRIMARY KEY,
    server  text,
    written xid,
    stopped text
);
INSERT INTO verified (shard) SELECT generate_series(0, 63);

-- The shards to which nothing may be appended now, with the reason or, where it is empty, because they are not compared
-- yet. unsure: it has to be done. restored: the row was. Connections of older versions name no server.
CREATE VIEW closed_shards AS
SELECT * FROM (
    SELECT h.shard, coalesce(v.stopped, '') AS reason, v.server, v.stopped,
           v.shard IS NULL OR (v.server IS NOT NULL
               AND (v.xmin <> v.written OR v.server <> current_setting('punctual.server', true))) AS unsure,
           v.shard IS NULL OR v.xmin <> v.written AS restored
    FROM heads h LEFT JOIN verified v ON v.shard = h.shard
) AS s
WHERE s.unsure OR s.stopped IS NOT NULL;

-- The first offset of the own topic's partition whose record was not yet found in the log or put there by this relay.
ALTER TABLE relay_cursor ADD COLUMN koffset bigint NOT NULL DEFAULT 0;
-- Each event has been sent at least once, in order: the one with number n lies at n - 1 or beyond.
UPDATE relay_cursor SET koffset = seq;

-- As before, but for one outcome more: `held`, with the reason as the answer, for a shard that is closed.
CREATE OR REPLACE FUNCTION append(
    p_now    timestamptz,
    c_shard  integer[], c_id uuid[], c_hash bytea[], c_stream text[], c_expected integer[],
    c_result text[], c_count integer[], c_after integer[],
    e_id     uuid[], e_type text[], e_schema integer[], e_data text[], e_meta text[]
) RETURNS TABLE (outcome text, first_seq bigint, recorded timestamptz, seen_json json, hash bytea, answer json)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n         integer := coalesce(array_length(c_id, 1), 0);
    total     integer := coalesce(array_length(e_id, 1), 0);
    r         record;
    i         integer;
    event     integer := 0;
    shard_at  integer;
    floor     timestamptz;
    h_seq     bigint[] := array_fill(NULL::bigint, ARRAY[64]);
    h_at      timestamptz[] := array_fill(NULL::timestamptz, ARRAY[64]);
    h_seen    jsonb[] := array_fill('{}'::jsonb, ARRAY[64]);
    h_closed  text[] := array_fill(NULL::text, ARRAY[64]);
    k_hash    bytea[] := array_fill(NULL::bytea, ARRAY[n]);
    k_result  text[] := array_fill(NULL::text, ARRAY[n]);
    version   integer[] := array_fill(0, ARRAY[n]);
    result    text[] := array_fill('appended'::text, ARRAY[n]);
    r_seq     bigint[] := array_fill(NULL::bigint, ARRAY[n]);
    ev_of     integer[] := array_fill(NULL::integer, ARRAY[total]);
    ev_nth    integer[] := array_fill(NULL::integer, ARRAY[total]);
BEGIN
    PERFORM pg_advisory_xact_lock(7073, u.s) FROM (SELECT DISTINCT s FROM unnest(c_shard) AS s ORDER BY s) AS u;

    SELECT s.floor_at INTO floor FROM settled s;
    FOR r IN SELECT h.shard, h.seq, h.recorded_at, c.reason FROM heads h LEFT JOIN closed_shards c ON c.shard = h.shard
             WHERE h.shard = ANY (c_shard) LOOP
        h_seq[r.shard + 1] := r.seq;
        h_at[r.shard + 1] := greatest(p_now, r.recorded_at, floor);
        h_closed[r.shard + 1] := r.reason;
    END LOOP;
    FOR r IN SELECT s.shard, jsonb_object_agg(s.topic, s.seq) AS heard FROM seen s
             WHERE s.shard = ANY (c_shard) GROUP BY s.shard LOOP
        h_seen[r.shard + 1] := r.heard;
    END LOOP;
    FOR r IN SELECT k.at, c.request_hash, c.result
             FROM unnest(c_shard, c_id) WITH ORDINALITY AS k(shard, id, at)
             -- OFFSET 0 keeps the planner to one look into the index per command, however small the table once was.
             CROSS JOIN LATERAL (SELECT * FROM commands o WHERE o.shard = k.shard AND o.command_id = k.id OFFSET 0) AS c
             LOOP
        result[r.at] := 'known';
        k_hash[r.at] := r.request_hash;
        k_result[r.at] := r.result;
    END LOOP;
    FOR r IN SELECT k.at, (SELECT e.version FROM events e WHERE e.shard = k.shard AND e.stream_id = k.stream
                           ORDER BY e.version DESC LIMIT 1) AS latest
             FROM unnest(c_shard, c_stream) WITH ORDINALITY AS k(shard, stream, at) LOOP
        version[r.at] := coalesce(r.latest, 0);
    END LOOP;

    FOR i IN 1 .. n LOOP
        shard_at := c_shard[i] + 1;
        IF c_after[i] > 0 THEN
            version[i] := version[c_after[i]];
        END IF;
        IF result[i] = 'appended' AND h_closed[shard_at] IS NOT NULL THEN
            result[i] := 'held';
            k_result[i] := to_json(h_closed[shard_at]);
        END IF;
        -- What was decided upon events that are not stored is void, even where the version happens to be right.
        IF result[i] = 'appended'
           AND (version[i] <> c_expected[i] OR (c_after[i] > 0 AND result[c_after[i]] = 'conflict')) THEN
            result[i] := 'conflict';
        END IF;
        IF result[i] = 'appended' THEN
            r_seq[i] := h_seq[shard_at] + 1;
            FOR j IN 1 .. c_count[i] LOOP
                ev_of[event + j] := i;
                ev_nth[event + j] := j;
            END LOOP;
            h_seq[shard_at] := h_seq[shard_at] + c_count[i];
            version[i] := version[i] + c_count[i];
        END IF;
        event := event + c_count[i];
    END LOOP;

    INSERT INTO events
    SELECT c_shard[e.of], r_seq[e.of] + e.nth - 1, c_stream[e.of], c_expected[e.of] + e.nth, e.id, c_id[e.of],
           e.type, e.schema, h_at[c_shard[e.of] + 1], e.data::json,
           (e.meta::jsonb || jsonb_build_object('seen', h_seen[c_shard[e.of] + 1]))::json
    FROM unnest(ev_of, ev_nth, e_id, e_type, e_schema, e_data, e_meta) AS e(of, nth, id, type, schema, data, meta)
    WHERE e.of IS NOT NULL;

    INSERT INTO commands
    SELECT k.shard, k.id, k.hash, k.result::json
    FROM unnest(c_shard, c_id, c_hash, c_result, result) AS k(shard, id, hash, result, outcome)
    WHERE k.outcome = 'appended';

    UPDATE heads h SET seq = k.seq, recorded_at = k.at
    FROM unnest(h_seq, h_at) WITH ORDINALITY AS k(seq, at, place)
    WHERE h.shard = k.place - 1 AND h.shard = ANY (c_shard) AND h.seq < k.seq;

    RETURN QUERY
    SELECT k.outcome, k.seq, h_at[k.shard + 1], h_seen[k.shard + 1]::json, k.hash, k.answer::json
    FROM unnest(result, r_seq, c_shard, k_hash, k_result) WITH ORDINALITY AS k(outcome, seq, shard, hash, answer, at)
    ORDER BY k.at;
END
$$;

-- As before; nothing happens in a shard that is closed either.
CREATE OR REPLACE FUNCTION append_at(
    p_now    timestamptz,
    c_shard  integer[], c_id uuid[], c_hash bytea[], c_stream text[], c_expected integer[],
    c_result text[], c_count integer[], c_after integer[],
    e_id     uuid[], e_type text[], e_schema integer[], e_data text[], e_meta text[]
) RETURNS TABLE (outcome text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7073, u.s) FROM (SELECT DISTINCT s FROM unnest(c_shard) AS s ORDER BY s) AS u;
    IF EXISTS (SELECT FROM heads h WHERE h.shard = ANY (c_shard) AND h.recorded_at > p_now)
       OR EXISTS (SELECT FROM settled s WHERE s.floor_at > p_now)
       OR EXISTS (SELECT FROM closed_shards c WHERE c.shard = ANY (c_shard)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT a.outcome FROM append(p_now, c_shard, c_id, c_hash, c_stream, c_expected, c_result, c_count, c_after,
                                 e_id, e_type, e_schema, e_data, e_meta) AS a;
END
$$;

-- As before; of a shard that is closed nothing is known, since others may have more of it.
CREATE OR REPLACE FUNCTION settle(p_now timestamptz) RETURNS TABLE (floor_at timestamptz, shard integer, seq bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    idle integer[];
    floor timestamptz;
BEGIN
    SELECT array_agg(s) INTO idle FROM generate_series(0, 63) AS s WHERE pg_try_advisory_xact_lock(7073, s);
    UPDATE settled s SET floor_at = greatest(s.floor_at, p_now) RETURNING s.floor_at INTO floor;
    RETURN QUERY SELECT floor, h.shard, h.seq FROM heads h
    WHERE h.shard = ANY (idle) AND h.shard NOT IN (SELECT c.shard FROM closed_shards c);
END
$$;

-- migrate:down

SELECT 1;
