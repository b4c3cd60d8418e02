-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Which of the staff saw to a mail that waited for a person.
ALTER TABLE mails ADD COLUMN handled_by text;

-- Staff discard what needs no answer. The constraint is replaced by a wider one in this transaction, so nothing that
-- clients rely on goes. NOT VALID: the rows that there are fit the narrower one.
-- squawk-ignore ban-drop-constraint
ALTER TABLE mails DROP CONSTRAINT mails_state_check;
ALTER TABLE mails ADD CONSTRAINT mails_state_check
    CHECK (state IN ('stored', 'performed', 'ignored', 'unmatched', 'failed', 'discarded')) NOT VALID;

-- migrate:down

UPDATE mails SET state = 'ignored' WHERE state = 'discarded';
ALTER TABLE mails DROP CONSTRAINT mails_state_check;
ALTER TABLE mails ADD CONSTRAINT mails_state_check
    CHECK (state IN ('stored', 'performed', 'ignored', 'unmatched', 'failed')) NOT VALID;
ALTER TABLE mails DROP COLUMN handled_by;
