-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Up to which event the rows that a service keeps of a topic's facts are whole, without a gap. It falls behind `seq`
-- while a version of the service follows the topic that keeps none.
ALTER TABLE consumer_cursor ADD COLUMN kept bigint NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE consumer_cursor DROP COLUMN kept;
