-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- The releases of the code that couldn't apply a record: a new one tries once.
ALTER TABLE parked ADD COLUMN tried text[] NOT NULL DEFAULT '{}';

-- migrate:down

ALTER TABLE parked DROP COLUMN tried;
