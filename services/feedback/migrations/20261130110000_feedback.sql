-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- What customers said of the support, and how far we have come with it: one row each. Words stay in the log.
CREATE TABLE feedback (
    feedback_id     uuid PRIMARY KEY,
    number          text,
    channel         text,
    account_id      uuid,
    subject_id      uuid,
    about           uuid,
    about_number    text,
    survey_id       uuid,
    split_from      uuid,
    received_at     timestamptz,
    kind            text,
    stage           text,
    reviewer        text,
    urgent          boolean,
    acknowledged_at timestamptz,
    asked_at        timestamptz,
    outcome_at      timestamptz,
    ended_at        timestamptz,
    renewals        integer,
    unmarked        integer,
    due_at          timestamptz,
    due_for         text,
    version         bigint
);
CREATE UNIQUE INDEX feedback_by_number ON feedback (number);
CREATE INDEX feedback_by_time ON feedback (received_at DESC, feedback_id DESC);
CREATE INDEX feedback_by_account ON feedback (account_id, received_at DESC, feedback_id DESC);
CREATE INDEX feedback_by_due ON feedback (due_at) WHERE due_at IS NOT NULL;

-- Each promise that was made about it, and its verdict.
CREATE TABLE feedback_promises (
    feedback_id   uuid,
    alarm         text,
    promise       text,
    due_at        timestamptz,
    outcome       text,
    judged_at     timestamptz,
    reclassified  boolean,
    renewals      integer,
    PRIMARY KEY (feedback_id, alarm)
);
CREATE INDEX feedback_promises_by_verdict ON feedback_promises (judged_at) WHERE outcome IS NOT NULL;

-- Tickets, as far as feedback may be about them.
CREATE TABLE tickets (
    ticket_id   uuid PRIMARY KEY,
    ticket      json,
    number      text,
    account_id  uuid
);
CREATE INDEX tickets_by_number ON tickets (number);

-- Numbers are taken in blocks of twenty; after a restore they are set beyond those that may be in use.
CREATE SEQUENCE feedback_number AS bigint START WITH 1000 INCREMENT BY 20;
DO $$
BEGIN
    EXECUTE format('GRANT UPDATE ON SEQUENCE feedback_number TO %I', regexp_replace(current_user, '_owner$', ''));
END
$$;

-- migrate:down

DROP SEQUENCE feedback_number;
DROP TABLE tickets;
DROP TABLE feedback_promises;
DROP TABLE feedback;
