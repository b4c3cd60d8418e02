-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- The table has the instants of calls, and now also those that letters about feedback name: what `feedback.scheduled`
-- says of the event `set_by`.
ALTER TABLE next_calls ADD COLUMN feedback json;

-- migrate:down

ALTER TABLE next_calls DROP COLUMN feedback;
