-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Who began a feedback by mail. Mails that refer to that one belong to the feedback, if they come from the same side.
CREATE TABLE feedback_mails (
    feedback_id uuid PRIMARY KEY,
    account_id  uuid,
    subject_id  uuid
);

-- A mail may also be feedback, of somebody who belongs to no account. Each constraint is replaced by a wider one in this
-- transaction, so nothing that clients rely on goes. NOT VALID: the rows that there are fit the narrower ones.
-- squawk-ignore ban-drop-constraint
ALTER TABLE mails DROP CONSTRAINT mails_target_check, DROP CONSTRAINT mails_check;
ALTER TABLE mails ADD CONSTRAINT mails_target_check
    CHECK (target IN ('ticket', 'message', 'feedback', 'answer', 'addition')) NOT VALID;
ALTER TABLE mails ADD CONSTRAINT mails_check CHECK (
    target IS NULL OR (ticket_id IS NOT NULL AND subject_id IS NOT NULL
                       AND (account_id IS NOT NULL OR target NOT IN ('ticket', 'message')))
) NOT VALID;

-- migrate:down

DELETE FROM mails WHERE target IN ('feedback', 'answer', 'addition');
ALTER TABLE mails DROP CONSTRAINT mails_target_check, DROP CONSTRAINT mails_check;
ALTER TABLE mails ADD CONSTRAINT mails_target_check CHECK (target IN ('ticket', 'message')) NOT VALID;
ALTER TABLE mails ADD CONSTRAINT mails_check CHECK (
    target IS NULL OR (ticket_id IS NOT NULL AND account_id IS NOT NULL AND subject_id IS NOT NULL)
) NOT VALID;
DROP TABLE feedback_mails;
