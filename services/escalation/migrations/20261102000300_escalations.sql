-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Who is being called about what: one row per ticket and escalation, as it stands now.
CREATE TABLE escalations (
    ticket_id       uuid NOT NULL,
    escalation      text NOT NULL,
    status          text,
    severity        integer,
    rung            integer,
    role            text,
    breached_at     timestamptz,
    raised_at       timestamptz,
    called_at       timestamptz,
    next_at         timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at     timestamptz,
    cause           text,
    version         bigint,
    PRIMARY KEY (ticket_id, escalation)
);
CREATE INDEX escalations_by_time ON escalations (raised_at DESC, ticket_id DESC, escalation DESC);
CREATE INDEX escalations_unsettled ON escalations (raised_at DESC, ticket_id DESC, escalation DESC)
    WHERE status IN ('open', 'exhausted');

-- migrate:down

DROP TABLE escalations;
