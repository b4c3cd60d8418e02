-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Mails as they came, sealed: the truth beside the log, and no read model. A row is there before the sender is told
-- "250"; what is to be done with it is decided then, once, and done later.
CREATE TABLE mails (
    key         text PRIMARY KEY,
    ordinal     bigint GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('stored', 'performed', 'ignored', 'unmatched', 'failed')),
    reason      text,
    -- A new ticket, or a message on one that was there.
    target      text CHECK (target IN ('ticket', 'message')),
    ticket_id   uuid,
    account_id  uuid,
    subject_id  uuid,
    related     uuid,
    -- Whose key seals head (sender and subject) and raw; null: the house's.
    sealed_for  uuid,
    head        bytea       NOT NULL,
    raw         bytea       NOT NULL,
    CHECK (target IS NULL OR (ticket_id IS NOT NULL AND account_id IS NOT NULL AND subject_id IS NOT NULL))
);
CREATE INDEX mails_in_order ON mails (ordinal);
CREATE INDEX mails_by_state ON mails (state, ordinal);
CREATE INDEX mails_of_ticket ON mails (ticket_id, ordinal) WHERE ticket_id IS NOT NULL;

-- Which ticket a customer's Message-ID belongs to, by keyed digest: mails that refer to it find the ticket.
CREATE TABLE mail_ids (
    digest    bytea PRIMARY KEY,
    ticket_id uuid NOT NULL
);

-- migrate:down

DROP TABLE mail_ids;
DROP TABLE mails;
