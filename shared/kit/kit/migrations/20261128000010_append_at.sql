-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Appends what happens at `p_now` and not a moment later, or nothing: no row, if one of the shards has been told of
-- something later already. Whoever knows the instant beforehand can write, in the same statement, what follows from it.
CREATE FUNCTION append_at(
    p_now    timestamptz,
    c_shard  integer[], c_id uuid[], c_hash bytea[], c_stream text[], c_expected integer[],
    c_result text[], c_count integer[], c_after integer[],
    e_id     uuid[], e_type text[], e_schema integer[], e_data text[], e_meta text[]
) RETURNS TABLE (outcome text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7073, u.s) FROM (SELECT DISTINCT s FROM unnest(c_shard) AS s ORDER BY s) AS u;
    IF EXISTS (SELECT FROM heads h WHERE h.shard = ANY (c_shard) AND h.recorded_at > p_now)
       OR EXISTS (SELECT FROM settled s WHERE s.floor_at > p_now) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT a.outcome FROM append(p_now, c_shard, c_id, c_hash, c_stream, c_expected, c_result, c_count, c_after,
                                 e_id, e_type, e_schema, e_data, e_meta) AS a;
END
$$;

-- migrate:down

DROP FUNCTION append_at;
