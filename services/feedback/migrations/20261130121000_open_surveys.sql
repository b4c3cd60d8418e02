-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Until when a survey takes an answer, or a change of it; and of whom, to know of that person's complaints.
ALTER TABLE surveys ADD COLUMN open_until timestamptz, ADD COLUMN subject_id uuid;

-- migrate:down

ALTER TABLE surveys DROP COLUMN open_until, DROP COLUMN subject_id;
