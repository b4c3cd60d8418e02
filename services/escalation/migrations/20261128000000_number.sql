-- migrate:up

ALTER TABLE escalations ADD COLUMN number text;

-- migrate:down

ALTER TABLE escalations DROP COLUMN number;
