-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Whoever runs the service writes here every few seconds, to know whether it could write elsewhere.
CREATE TABLE probe (
    only_row boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    at       timestamptz NOT NULL
);

-- And may see which migrations there are, to say which of its own are missing.
DO $$
BEGIN
    EXECUTE format('GRANT SELECT ON schema_migrations TO %I', regexp_replace(current_user, '_owner$', ''));
END
$$;

-- migrate:down

DROP TABLE probe;
