-- migrate:up

SET LOCAL lock_timeout = '500ms';

ALTER TABLE notifications ADD COLUMN number text;

-- migrate:down

ALTER TABLE notifications DROP COLUMN number;
