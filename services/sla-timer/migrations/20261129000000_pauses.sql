-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- While a ticket waits for its requester: since when, and the support time used up by then.
ALTER TABLE clocks ADD COLUMN paused_at timestamptz, ADD COLUMN consumed interval;

-- migrate:down

ALTER TABLE clocks DROP COLUMN paused_at, DROP COLUMN consumed;
