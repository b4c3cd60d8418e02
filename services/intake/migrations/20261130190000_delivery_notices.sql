-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- A mail may also be a notice about a mail of ours, from a mail server, who is nobody's subject. Each constraint is
-- replaced by a wider one in this transaction, so nothing that clients rely on goes. NOT VALID: the rows that there are
-- fit the narrower ones.
-- squawk-ignore ban-drop-constraint
ALTER TABLE mails DROP CONSTRAINT mails_target_check, DROP CONSTRAINT mails_check;
ALTER TABLE mails ADD CONSTRAINT mails_target_check
    CHECK (target IN ('ticket', 'message', 'feedback', 'answer', 'addition', 'delivery')) NOT VALID;
ALTER TABLE mails ADD CONSTRAINT mails_check CHECK (
    target IS NULL OR (ticket_id IS NOT NULL AND (subject_id IS NOT NULL OR target = 'delivery')
                       AND (account_id IS NOT NULL OR target NOT IN ('ticket', 'message')))
) NOT VALID;

-- A notice that names no mail of ours is about the last one to that person. Nobody writes meanwhile: migrations run
-- before the service is started.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tickets_of_subject ON tickets (subject_id, opened_at DESC);

-- migrate:down

DELETE FROM mails WHERE target = 'delivery';
DROP INDEX tickets_of_subject;
ALTER TABLE mails DROP CONSTRAINT mails_target_check, DROP CONSTRAINT mails_check;
ALTER TABLE mails ADD CONSTRAINT mails_target_check
    CHECK (target IN ('ticket', 'message', 'feedback', 'answer', 'addition')) NOT VALID;
ALTER TABLE mails ADD CONSTRAINT mails_check CHECK (
    target IS NULL OR (ticket_id IS NOT NULL AND subject_id IS NOT NULL
                       AND (account_id IS NOT NULL OR target NOT IN ('ticket', 'message')))
) NOT VALID;
