-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- In which language and time zone an account reads; NULL: the vendor's.
ALTER TABLE accounts ADD COLUMN language text, ADD COLUMN zone text;

-- migrate:down

ALTER TABLE accounts DROP COLUMN language, DROP COLUMN zone;
