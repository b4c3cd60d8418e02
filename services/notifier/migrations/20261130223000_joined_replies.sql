-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Automatic replies over the limit wait for the end of the hour in a lane of their person, `held_in`, and leave together.
-- `admitted_at`: since when the limit counts a reply. `lacks`: what the mail that was tried says is missing, so that each
-- try says the same.
ALTER TABLE notifications
    ADD COLUMN held_in     text,
    ADD COLUMN admitted_at timestamptz,
    ADD COLUMN lacks       text;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notifications_held ON notifications (subject_id) WHERE status = 'requested' AND held_in IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notifications_reply_times ON notifications (subject_id, COALESCE(admitted_at, sent_at, requested_at))
    WHERE automatic = 'replied';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notifications_held_lanes ON notifications (COALESCE(held_in, lane), shard_seq) WHERE status = 'requested';

-- A notice that a mail came back is about all that it carried.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notifications_carried ON notifications (joined_with) WHERE joined_with IS NOT NULL;

-- What each ticket still lacks of the required information, comma-separated; empty: nothing.
CREATE TABLE wanted_information (
    ticket_id uuid PRIMARY KEY,
    tickets   json,
    missing   text
);

-- migrate:down

DROP TABLE wanted_information;
ALTER TABLE notifications DROP COLUMN held_in, DROP COLUMN admitted_at, DROP COLUMN lacks;
