-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Whether the person is one of the account's, and may write on each of its tickets; otherwise the address only stands for
-- a subject there, who opened a ticket or wrote a mail that staff put on one. The rows that there are stay what they were.
ALTER TABLE subjects ADD COLUMN member boolean NOT NULL DEFAULT true;

-- migrate:down

ALTER TABLE subjects DROP COLUMN member;
