-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Who takes part in a ticket beside its requester: they may write on it, and hear what staff answer. Who is called out
-- again keeps a row.
CREATE TABLE participants (
    ticket_id  uuid NOT NULL,
    subject_id uuid NOT NULL,
    takes_part boolean,
    since      timestamptz,
    PRIMARY KEY (ticket_id, subject_id)
);
CREATE INDEX participants_by_subject ON participants (subject_id) WHERE takes_part;

-- migrate:down

DROP TABLE participants;
