-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Every answer to a survey, for reports as known at an instant. The log has those from before.
CREATE TABLE survey_answers (
    survey_id   uuid,
    version     bigint,
    rating      integer,
    recorded_at timestamptz,
    PRIMARY KEY (survey_id, version)
);
INSERT INTO survey_answers (survey_id, version, rating, recorded_at)
SELECT (data ->> 'survey_id')::uuid, version, (data ->> 'rating')::integer, recorded_at
FROM events WHERE type = 'survey.answered';

-- Which survey a mail is; by it we know that it was sent.
CREATE TABLE survey_mails (
    ticket_id       uuid,
    notification_id uuid,
    mail            json,
    closing         integer,
    PRIMARY KEY (ticket_id, notification_id)
);

-- How far feedback had come since when, and the updates that were given about it.
CREATE TABLE feedback_stages (
    feedback_id uuid,
    version     bigint,
    stage       text,
    recorded_at timestamptz,
    PRIMARY KEY (feedback_id, version)
);
INSERT INTO feedback_stages (feedback_id, version, stage, recorded_at)
SELECT feedback_id, version, stage, coalesce(ended_at, outcome_at, received_at) FROM feedback;

CREATE TABLE feedback_updates (
    feedback_id uuid,
    version     bigint,
    renewed     boolean,
    recorded_at timestamptz,
    PRIMARY KEY (feedback_id, version)
);
INSERT INTO feedback_updates (feedback_id, version, renewed, recorded_at)
SELECT (data ->> 'feedback_id')::uuid, version, (data ->> 'renewals')::integer > 0, recorded_at
FROM events WHERE type = 'complaint.update-given';

-- Whose figure a rating is: as the ticket was when it was closed. Unknown of closings before this.
ALTER TABLE surveys
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN severity integer,
    ADD COLUMN tier text,
    ADD COLUMN engineer text,
    ADD COLUMN delivered_at timestamptz;

-- When a promise was made, and when its verdict was recorded.
ALTER TABLE feedback_promises
    ADD COLUMN made_at timestamptz,
    ADD COLUMN recorded_at timestamptz;
UPDATE feedback_promises p SET made_at = e.recorded_at FROM events e
WHERE e.type = 'feedback.scheduled' AND e.stream_id = 'feedback-' || p.feedback_id AND e.data ->> 'alarm' = p.alarm;
UPDATE feedback_promises p SET recorded_at = e.recorded_at FROM events e
WHERE e.type = 'feedback.judged' AND e.stream_id = 'feedback-' || p.feedback_id AND e.data ->> 'alarm' = p.alarm;

-- migrate:down

ALTER TABLE feedback_promises DROP COLUMN made_at, DROP COLUMN recorded_at;
DROP TABLE survey_mails;
DROP TABLE feedback_updates;
DROP TABLE feedback_stages;
DROP TABLE survey_answers;
ALTER TABLE surveys
    DROP COLUMN closed_at, DROP COLUMN severity, DROP COLUMN tier, DROP COLUMN engineer, DROP COLUMN delivered_at;
