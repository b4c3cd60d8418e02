-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- When the Support Manager was told of mails that wait for a person: the next notice is due an hour after the last.
CREATE TABLE mail_notices (
    notice_id uuid PRIMARY KEY,
    ordinal   bigint,
    noted_at  timestamptz
);
CREATE INDEX mail_notices_in_order ON mail_notices (ordinal DESC);

-- Mails that wait for a person.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX mails_waiting ON mails (ordinal) WHERE state IN ('unmatched', 'failed')
    OR (state = 'ignored' AND reason IN ('auto-response-suppress', 'challenge', 'failure-words', 'vacation-subject'));

-- migrate:down

DROP INDEX mails_waiting;
DROP TABLE mail_notices;
