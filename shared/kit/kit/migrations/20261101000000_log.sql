-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- The log. Rows are only ever added; the role that runs may not change or remove one.
CREATE TABLE events (
    shard          integer     NOT NULL CHECK (shard BETWEEN 0 AND 63),
    shard_seq      bigint      NOT NULL,
    stream_id      text        NOT NULL,
    version        integer     NOT NULL,
    event_id       uuid        NOT NULL,
    command_id     uuid        NOT NULL,
    type           text        NOT NULL,
    schema_version integer     NOT NULL,
    recorded_at    timestamptz NOT NULL,
    data           json        NOT NULL,
    meta           json        NOT NULL,
    PRIMARY KEY (shard, shard_seq),
    UNIQUE (shard, stream_id, version),
    UNIQUE (shard, event_id),
    -- A record that the broker would refuse would stop its shard for ever.
    CONSTRAINT event_fits_a_record CHECK (octet_length(data::text) + octet_length(meta::text) <= 524288)
) PARTITION BY HASH (shard);

CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE events_2 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE events_3 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE events_4 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE events_5 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE events_6 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE events_7 PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER 7);

-- What was asked and what was answered, so that asking again gets the same answer.
CREATE TABLE commands (
    shard        integer NOT NULL,
    command_id   uuid    NOT NULL,
    request_hash bytea   NOT NULL,
    result       json    NOT NULL,
    PRIMARY KEY (shard, command_id)
);

-- Nothing will ever be recorded before this instant in a shard whose lock is free (the settled floor).
CREATE TABLE settled (
    only_row boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    floor_at timestamptz NOT NULL
);
INSERT INTO settled (floor_at) VALUES ('-infinity');

-- Speed and epoch of the clock that this database's instants were read from.
CREATE TABLE clock (
    only_row boolean          PRIMARY KEY DEFAULT true CHECK (only_row),
    speed    double precision NOT NULL,
    epoch    timestamptz      NOT NULL,
    since    timestamptz      NOT NULL
);

-- How far each topic had come, by shard, in what this service has heard directly or through others.
CREATE TABLE seen (
    shard integer NOT NULL,
    topic text    NOT NULL,
    seq   bigint  NOT NULL,
    PRIMARY KEY (shard, topic)
);

-- The last event of each shard: where the next one is numbered from. Rows are rewritten often, so pages keep room.
CREATE TABLE heads (
    shard       integer     PRIMARY KEY,
    seq         bigint      NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 20);
INSERT INTO heads (shard) SELECT generate_series(0, 63);

-- Appends commands' events. Locks the shards ascending, then takes the commands in order; each either is known
-- already, or conflicts with what somebody else appended, or is numbered and stored. It never raises for these.
-- Must run under READ COMMITTED: the statements after the locks need snapshots younger than the locks.
-- `c_after` is the place of the previous command for the same stream in this batch, 0 if there is none. The number
-- of statements doesn't grow with the batch: that is what makes group commit pay.
CREATE FUNCTION append(
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
    FOR r IN SELECT h.shard, h.seq, h.recorded_at FROM heads h WHERE h.shard = ANY (c_shard) LOOP
        h_seq[r.shard + 1] := r.seq;
        h_at[r.shard + 1] := greatest(p_now, r.recorded_at, floor);
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
        IF c_after[i] > 0 THEN
            version[i] := version[c_after[i]];
        END IF;
        -- What was decided upon events that are not stored is void, even where the version happens to be right.
        IF result[i] = 'appended'
           AND (version[i] <> c_expected[i] OR (c_after[i] > 0 AND result[c_after[i]] = 'conflict')) THEN
            result[i] := 'conflict';
        END IF;
        IF result[i] = 'appended' THEN
            shard_at := c_shard[i] + 1;
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

-- Takes the locks of the idle shards, raises the settled floor, and reads what it stands on: one statement, since the
-- locks are held until the commit and appends wait for them.
CREATE FUNCTION settle(p_now timestamptz) RETURNS TABLE (floor_at timestamptz, shard integer, seq bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    idle integer[];
    floor timestamptz;
BEGIN
    SELECT array_agg(s) INTO idle FROM generate_series(0, 63) AS s WHERE pg_try_advisory_xact_lock(7073, s);
    UPDATE settled s SET floor_at = greatest(s.floor_at, p_now) RETURNING s.floor_at INTO floor;
    RETURN QUERY SELECT floor, h.shard, h.seq FROM heads h WHERE h.shard = ANY (idle);
END
$$;

-- migrate:down

DROP FUNCTION append, settle;
DROP TABLE heads, seen, clock, settled, commands, events;
