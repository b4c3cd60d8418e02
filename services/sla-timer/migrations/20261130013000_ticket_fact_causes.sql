-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Which event a fact is, of which message it tells, and what it came of, as on the wire (`mail/<key>`): what proofs
-- cite. Null where a release kept the fact that didn't keep these, until it is read back.
ALTER TABLE ticket_facts ADD COLUMN event_id uuid, ADD COLUMN message_id uuid, ADD COLUMN cause text;

-- migrate:down

ALTER TABLE ticket_facts DROP COLUMN event_id, DROP COLUMN message_id, DROP COLUMN cause;
