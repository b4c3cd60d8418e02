-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Promises as they stand: one row per ticket and metric, written from the clock's events.
CREATE TABLE clocks (
    ticket_id    uuid NOT NULL,
    metric       text NOT NULL,
    state        text,
    severity     integer,
    tier         text,
    calendar     text,
    policy       text,
    received_at  timestamptz,
    started_at   timestamptz,
    due_at       timestamptz,
    target       interval,
    warned       integer,
    responded_at timestamptz,
    elapsed      interval,
    breached_at  timestamptz,
    updated_at   timestamptz,
    PRIMARY KEY (ticket_id, metric)
);
CREATE INDEX clocks_by_due ON clocks (due_at) WHERE state = 'running';

-- migrate:down

DROP TABLE clocks;
