-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- What was to be said, and what became of it. The rows with status `requested` are also what waits to be sent: they
-- are written with the event that requests it, so nothing is lost between the log and the mail server.
CREATE TABLE notifications (
    notification_id uuid PRIMARY KEY,
    ticket_id       uuid,
    template        text,
    role            text,
    assignee        text,
    subject_id      uuid,
    automatic       text,
    status          text,
    reason          text,
    requested_at    timestamptz,
    sent_at         timestamptz,
    message_id      text,
    lane            text,
    shard_seq       bigint,
    attempts        integer NOT NULL DEFAULT 0,
    next_try_at     timestamptz,
    leased_by       uuid,
    leased_until    timestamptz
);
CREATE INDEX notifications_by_time ON notifications (requested_at DESC, notification_id DESC);
CREATE INDEX notifications_by_ticket ON notifications (ticket_id, requested_at DESC, notification_id DESC);
CREATE INDEX notifications_waiting ON notifications (requested_at, shard_seq) WHERE status = 'requested';
CREATE INDEX notifications_lanes ON notifications (lane, shard_seq) WHERE status = 'requested';
CREATE INDEX notifications_replies ON notifications (subject_id, requested_at) WHERE automatic = 'replied';

-- migrate:down

DROP TABLE notifications;
