-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Appends commands that stand or fall together: all of them at one instant, or, unless every outcome is `appended`,
-- nothing. The instant is the latest of now, the floor, and the last one of each shard concerned: none runs backwards.
CREATE FUNCTION append_together(
    p_now    timestamptz,
    c_shard  integer[], c_id uuid[], c_hash bytea[], c_stream text[], c_expected integer[],
    c_result text[], c_count integer[], c_after integer[],
    e_id     uuid[], e_type text[], e_schema integer[], e_data text[], e_meta text[]
) RETURNS TABLE (outcome text, first_seq bigint, recorded timestamptz, seen_json json, hash bytea, answer json)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    instant timestamptz;
    whole   boolean := true;
BEGIN
    PERFORM pg_advisory_xact_lock(7073, u.s) FROM (SELECT DISTINCT s FROM unnest(c_shard) AS s ORDER BY s) AS u;

    SELECT greatest(p_now, max(h.recorded_at), (SELECT s.floor_at FROM settled s)) INTO instant
    FROM heads h WHERE h.shard = ANY (c_shard);

    -- What the block has written is undone where it raises; the rows that it has returned stay.
    BEGIN
        FOR outcome, first_seq, recorded, seen_json, hash, answer IN
            SELECT a.outcome, a.first_seq, a.recorded, a.seen_json, a.hash, a.answer
            FROM append(instant, c_shard, c_id, c_hash, c_stream, c_expected, c_result, c_count, c_after,
                        e_id, e_type, e_schema, e_data, e_meta) AS a LOOP
            whole := whole AND outcome = 'appended';
            RETURN NEXT;
        END LOOP;
        IF NOT whole THEN
            RAISE EXCEPTION USING ERRCODE = 'PU001', MESSAGE = 'not all can be appended';
        END IF;
    EXCEPTION WHEN SQLSTATE 'PU001' THEN
        NULL;
    END;
END
$$;

-- migrate:down

DROP FUNCTION append_together;
