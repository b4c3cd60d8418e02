-- migrate:up

SET LOCAL lock_timeout = '500ms';

ALTER TABLE clocks ADD COLUMN number text, ADD COLUMN account_id uuid;

-- Nobody writes meanwhile: migrations run before the service is started.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX clocks_by_number ON clocks (number);

-- migrate:down

ALTER TABLE clocks DROP COLUMN number, DROP COLUMN account_id;
