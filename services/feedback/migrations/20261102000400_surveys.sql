-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- What was asked and what was answered: one row per survey. Comments are personal and stay in the log.
CREATE TABLE surveys (
    survey_id   uuid PRIMARY KEY,
    ticket_id   uuid,
    closing     integer,
    account_id  uuid,
    number      text,
    issued_at   timestamptz,
    rating      integer,
    answered_at timestamptz,
    version     bigint
);
CREATE INDEX surveys_by_time ON surveys (issued_at DESC, survey_id DESC);
CREATE INDEX surveys_by_ticket ON surveys (ticket_id, issued_at DESC, survey_id DESC);
CREATE INDEX surveys_by_answer ON surveys (answered_at) INCLUDE (rating) WHERE rating IS NOT NULL;

-- migrate:down

DROP TABLE surveys;
