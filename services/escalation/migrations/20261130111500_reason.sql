-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Why somebody is called about a complaint; of such a row ticket_id is the feedback's id, and there is no severity.
ALTER TABLE escalations ADD COLUMN reason text;

-- migrate:down

ALTER TABLE escalations DROP COLUMN reason;
