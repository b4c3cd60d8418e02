-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Persons to whose address nothing is sent, since a mail to it came back for good; `cleared_at`: since when they are
-- written to again. The address itself is only in the log, sealed.
CREATE TABLE undeliverable_addresses (
    subject_id      uuid PRIMARY KEY,
    ticket_id       uuid,
    notification_id uuid,
    reason          text,
    marked_at       timestamptz,
    cleared_at      timestamptz
);
CREATE INDEX undeliverable_addresses_in_force ON undeliverable_addresses (marked_at DESC, subject_id DESC)
    WHERE cleared_at IS NULL;

-- migrate:down

DROP TABLE undeliverable_addresses;
