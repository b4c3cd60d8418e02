-- migrate:up

SET LOCAL lock_timeout = '500ms';

ALTER TABLE escalations ADD COLUMN number text;

-- migrate:down

ALTER TABLE escalations DROP COLUMN number;
