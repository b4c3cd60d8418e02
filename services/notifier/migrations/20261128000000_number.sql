-- migrate:up

ALTER TABLE notifications ADD COLUMN number text;

-- migrate:down

ALTER TABLE notifications DROP COLUMN number;
