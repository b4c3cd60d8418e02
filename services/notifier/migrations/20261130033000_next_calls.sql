-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- When the one after a call is called, of calls that were requested in terms: what `escalation.scheduled` says of the
-- event `set_by`, which called.
CREATE TABLE next_calls (
    ticket_id   uuid NOT NULL,
    set_by      uuid NOT NULL,
    escalations json,
    next_at     timestamptz,
    PRIMARY KEY (ticket_id, set_by)
);

-- Calls that the mail server may have, and that say no instant: at another try they say the same.
ALTER TABLE notifications ADD COLUMN in_terms boolean NOT NULL DEFAULT false;

-- migrate:down

ALTER TABLE notifications DROP COLUMN in_terms;
DROP TABLE next_calls;
